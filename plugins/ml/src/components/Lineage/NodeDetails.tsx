import type { ReactNode } from 'react';
import { Text } from '@backstage/ui';
import { Link } from '@backstage/core-components';
import type { LineageNode } from '@ml-platform/plugin-ml-common';
import { nodeName } from '../../lineageTexts';
import { texts } from '../../texts';
import { Actor, RelativeTime, SidePanel } from '../shared';
import { DatasetUses } from './DatasetUses';
import classes from './Lineage.module.css';
import { VersionLink } from './VersionLink';

type Facts = Array<[name: string, value: ReactNode | undefined]>;

const code = (text: string | undefined) => text && <code>{text}</code>;
const time = (iso: string | undefined) => iso && <RelativeTime iso={iso} />;

/** Everything that is told of a node, with links to where it is. */
export function NodeDetails(props: { node: LineageNode; onClose: () => void }) {
  const { node, onClose } = props;
  return (
    <SidePanel
      title={`${texts.lineage.kind[node.kind]}: ${nodeName(node)}`}
      onClose={onClose}
    >
      {node.kind === 'hidden' ? (
        <Text as="p">{texts.lineage.notTold}</Text>
      ) : (
        <dl className={classes.facts}>
          {factsOf(node).map(([name, value]) =>
            value === undefined ? null : (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ),
          )}
        </dl>
      )}
      {node.kind === 'dataset' && (node.digest ?? node.uri) && (
        <DatasetUses dataset={(node.digest ?? node.uri)!} />
      )}
    </SidePanel>
  );
}

function Fact(props: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function factsOf(node: Exclude<LineageNode, { kind: 'hidden' }>): Facts {
  switch (node.kind) {
    case 'version':
      return [
        ['Version', <VersionLink key="link" {...node} />],
        ['State', texts.lineage.state[node.state]],
        ['Digest', code(node.digest)],
        ['Registered', time(node.createdAt)],
        ...toFacts(node.parameters),
      ];
    case 'deployment':
      return [
        ['Model', node.model],
        ['Environment', texts.environment[node.environment]],
        ['Since', time(node.since)],
        ['By', node.by && <Actor actor={node.by} />],
      ];
    case 'dataset':
      return [
        ['Name', node.name],
        ['Version', node.version],
        ['Address', linked(node.uri)],
        ['Digest', code(node.digest)],
      ];
    case 'code':
      return [
        ['Repository', linked(node.repository)],
        ['Commit', commitLink(node.repository, node.commit)],
        ['Path', code(node.path)],
        ['Digest', code(node.digest)],
        ['Command', code(node.command)],
      ];
    case 'run':
      return [
        ['Tracker', node.tracker],
        ['Run', node.run],
        ['Address', linked(node.uri)],
      ];
    default:
      return [
        ...toFacts(node.versions),
        ['Lock file', code(node.lockFile?.path)],
        ['Its digest', code(node.lockFile?.digest)],
        ['Base image', code(node.baseImage)],
      ];
  }
}

function toFacts(values: object | undefined): Facts {
  return Object.entries(values ?? {}).map(([name, value]) => [
    name,
    String(value),
  ]);
}

/** A package may name any address; only those of the web are followed. */
function linked(address: string | undefined) {
  return address && /^https?:\/\//.test(address) ? (
    <Link to={address}>{address}</Link>
  ) : (
    code(address)
  );
}

/** As GitHub, GitLab, Gitea and Bitbucket Cloud know it, or close to it. */
function commitLink(
  repository: string | undefined,
  commit: string | undefined,
): ReactNode | undefined {
  if (!commit || !repository || !/^https?:\/\//.test(repository)) {
    return code(commit);
  }
  const base = repository.replace(/\/+$/, '').replace(/\.git$/, '');
  return <Link to={`${base}/commit/${commit}`}>{commit}</Link>;
}
