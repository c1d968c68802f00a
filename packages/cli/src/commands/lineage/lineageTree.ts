import type {
  LineageEdge,
  LineageGraph,
  LineageNode,
} from '@ml-platform/plugin-ml-common';
import type { Paint } from '../../output/Style';

/** Deployments first, then what a version was made with, then other versions. */
const ORDER: LineageNode['kind'][] = [
  'deployment',
  'dataset',
  'code',
  'run',
  'environment',
  'version',
  'hidden',
];

/** The graph as lines of a tree, from the version that was asked about. */
export function lineageTree(
  graph: LineageGraph,
  options: { downstream: boolean; paint: Paint },
): string[] {
  const { downstream, paint } = options;
  const nodes = new Map(graph.nodes.map(node => [node.id, node]));
  const shown = new Set<string>();
  const lines: string[] = [];
  const branch = (id: string, label: string, lead: string, indent: string) => {
    const node = nodes.get(id)!;
    const isRepeated = shown.has(id) && node.kind === 'version';
    shown.add(id);
    lines.push(
      `${lead}${label}${describe(node, paint)}${
        isRepeated ? paint('dim', ', as above') : ''
      }`,
    );
    if (isRepeated) return;
    const next = branchesOf(graph, id, nodes, downstream);
    next.forEach((edge, index) => {
      const isLast = index === next.length - 1;
      const other = edge.from === id ? edge.to : edge.from;
      branch(
        other,
        paint('dim', `${labelOf(edge, id)} `),
        `${indent}${isLast ? '└─ ' : '├─ '}`,
        `${indent}${isLast ? '   ' : '│  '}`,
      );
    });
  };
  branch(graph.root, '', '', '');
  return lines;
}

/** Up to what it was made from, or down to what came of it; its deployments always. */
function branchesOf(
  graph: LineageGraph,
  id: string,
  nodes: Map<string, LineageNode>,
  downstream: boolean,
): LineageEdge[] {
  const kindOf = (edge: LineageEdge) =>
    nodes.get(edge.from === id ? edge.to : edge.from)!.kind;
  return graph.edges
    .filter(edge =>
      downstream || edge.relation === 'serves'
        ? edge.to === id
        : edge.from === id,
    )
    .sort((a, b) => ORDER.indexOf(kindOf(a)) - ORDER.indexOf(kindOf(b)));
}

function labelOf(edge: LineageEdge, id: string): string {
  const { relation } = edge;
  switch (relation) {
    case 'serves':
      return 'live in';
    case 'training':
    case 'validation':
    case 'test':
      return `${relation} data`;
    case 'fine-tuned':
    case 'distilled':
    case 'retrained':
      return edge.from === id ? `${relation} from` : `${relation} into`;
    default:
      return relation;
  }
}

function describe(node: LineageNode, paint: Paint): string {
  switch (node.kind) {
    case 'version': {
      const state = node.state === 'registered' ? '' : ` (${node.state})`;
      return `${paint('bold', `${node.model}@${node.version}`)}${state}`;
    }
    case 'deployment':
      return `${node.environment}${node.since ? ` since ${node.since}` : ''}`;
    case 'dataset':
      return parts(
        node.version ? `${node.name} ${node.version}` : node.name,
        node.uri,
        short(node.digest),
      );
    case 'code': {
      const { commit, command, digest, path, repository } = node;
      return parts(
        repository,
        commit && `@ ${commit}`,
        path,
        short(digest),
        command,
      );
    }
    case 'run':
      return parts(node.tracker, node.run, node.uri);
    case 'environment':
      return parts(
        Object.entries(node.versions ?? {})
          .map(entry => entry.join(' '))
          .join(', '),
        node.lockFile?.path,
        node.baseImage,
      );
    default:
      return 'a version that is not registered, or that you may not see';
  }
}

function parts(...texts: Array<string | undefined>): string {
  return texts.filter(Boolean).join('  ') || '-';
}

/** Enough of a digest to tell it from others. */
function short(digest: string | undefined): string | undefined {
  return digest?.slice(0, 'sha256:'.length + 12);
}
