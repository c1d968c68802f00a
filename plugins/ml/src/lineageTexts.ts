import type {
  LineageNode,
  LineageRelation,
  VersionNode,
} from '@ml-platform/plugin-ml-common';
import { shortDigest } from './lib/format';

/** What the portal says about lineage; a part of `texts`. */
export const lineageTexts = {
  title: 'Lineage',
  region: (version: string) => `Lineage of ${version}`,
  scroll: 'Graph of the lineage',
  edges: 'What depends on what',
  version: 'Version',
  view: 'Show as',
  graph: 'Graph',
  table: 'Table',
  empty: 'No version yet',
  none: 'Its package says nothing of where it came from. Tell it under lineage in model.yaml, with the next version.',
  truncated: {
    depth: (depth: number) =>
      `There is more than ${depth} steps away. Choose another version to see what lies further on.`,
    size: () =>
      'There is more than fits here. Choose another version to see what lies further on.',
  },
  columns: { from: 'From', relation: 'Relation', to: 'To' },
  details: { show: (name: string) => `Details of ${name}` },
  usedBy: 'Versions made with it',
  moreUses: 'And more: ml lineage --dataset lists all of them.',
  open: (version: string) => `Lineage of ${version}`,
  notTold:
    'Nothing is told of it: it is not registered here, or you may not see its model.',

  kind: {
    deployment: 'Deployment',
    version: 'Version',
    dataset: 'Data set',
    code: 'Code',
    run: 'Experiment run',
    environment: 'Environment',
    hidden: 'Hidden',
  } satisfies Record<LineageNode['kind'], string>,

  relation: {
    serves: 'serves',
    training: 'trained on',
    validation: 'validated on',
    test: 'tested on',
    code: 'trained by',
    run: 'recorded in',
    environment: 'trained in',
    'fine-tuned': 'fine-tuned from',
    distilled: 'distilled from',
    retrained: 'retrained from',
  } satisfies Record<LineageRelation, string>,

  state: {
    draft: 'draft',
    registered: 'registered',
    deprecated: 'deprecated',
    deleted: 'deleted',
    missing: 'not registered',
  } satisfies Record<VersionNode['state'], string>,
};

/** What a node is called, in one line. */
export function nodeName(node: LineageNode): string {
  switch (node.kind) {
    case 'deployment':
      return node.environment;
    case 'version':
      return `${node.model}@${node.version}`;
    case 'dataset':
      return node.version ? `${node.name} ${node.version}` : node.name;
    case 'code':
      return [node.path ?? node.repository, node.commit?.slice(0, 12)]
        .filter(Boolean)
        .join(' @ ');
    case 'run':
      return `${node.tracker} ${node.run}`;
    case 'environment':
      return node.versions?.python
        ? `Python ${node.versions.python}`
        : node.lockFile?.path ?? node.baseImage ?? 'Software';
    default:
      return 'Hidden version';
  }
}

/** What is told of a node beside its name, in one line. */
export function nodeHint(node: LineageNode): string | undefined {
  switch (node.kind) {
    case 'deployment':
      return node.model;
    case 'version':
      return lineageTexts.state[node.state];
    case 'dataset':
      return node.digest ? shortDigest(node.digest) : node.uri;
    case 'code':
      return node.repository ?? 'in the package';
    case 'environment':
      return node.lockFile?.path;
    default:
      return undefined;
  }
}
