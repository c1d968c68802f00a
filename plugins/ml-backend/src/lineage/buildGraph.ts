import type {
  LineageEdge,
  LineageGraph,
  LineageNode,
} from '@ml-platform/plugin-ml-common';
import { liveVersion } from '../releases/deploymentState';
import type { StoredDeployment } from '../releases/ReleaseStore';
import {
  type EdgeDetails,
  type EdgeRow,
  parseVersionKey,
  targetNode,
  versionKey,
} from './edges';
import type { LineageStore } from './LineageStore';
import { type Reach, reach } from './reach';

type KnownVersion = Awaited<ReturnType<LineageStore['getVersions']>>[number];

export interface GraphInput {
  root: string;
  depth: number;
  /** Which ways to go. */
  up: boolean;
  down: boolean;
  /** Of all versions that may be in the graph, and of the next ones beyond the depth. */
  edges: EdgeRow[];
  versions: KnownVersion[];
  deployments: StoredDeployment[];
  /** Whether the caller may know of a model. */
  isVisible: (model: string) => boolean;
}

/** Puts the graph together of what was read, for one who may not see all of it. */
export function buildGraph(
  input: GraphInput,
): Pick<LineageGraph, 'nodes' | 'edges'> & { isDeeper: boolean } {
  const { depth, root } = input;
  const parents = input.edges.filter(edge => edge.kind === 'parent');
  const byTarget = groupBy(parents, edge => edge.target);
  const bySource = groupBy(parents, edge => edge.source);
  const mayPass = (key: string) => input.isVisible(parseVersionKey(key).model);
  const nowhere: Reach = { depths: new Map([[root, 0]]), isDeeper: false };
  const up = input.up
    ? reach({
        ...{ root, depth, mayPass },
        next: key => (bySource.get(key) ?? []).map(({ target }) => target),
      })
    : nowhere;
  const down = input.down
    ? reach({
        ...{ root, depth, mayPass },
        next: key => (byTarget.get(key) ?? []).map(({ source }) => source),
      })
    : nowhere;

  const known = new Map(
    input.versions.map(found => [
      versionKey(found.model, found.version),
      found,
    ]),
  );
  const nodes = new Map<string, LineageNode>();
  const edges: LineageEdge[] = [];
  const ids = new Map<string, string>();
  for (const key of [...up.depths.keys(), ...down.depths.keys()]) {
    if (ids.has(key)) continue;
    const node: LineageNode = mayPass(key)
      ? versionNode(key, known.get(key))
      : { id: `hidden:${nodes.size}`, kind: 'hidden' };
    ids.set(key, node.id);
    nodes.set(node.id, node);
  }
  for (const edge of parents) {
    const [from, to] = [ids.get(edge.source), ids.get(edge.target)];
    const wasPassed =
      (up.depths.has(edge.source) && mayPass(edge.source)) ||
      (down.depths.has(edge.target) && mayPass(edge.target));
    if (from && to && wasPassed) {
      edges.push({ from, to, relation: relationOf(edge) });
    }
  }
  if (input.up) {
    for (const edge of input.edges) {
      if (edge.kind === 'parent' || !up.depths.has(edge.source)) continue;
      if (!mayPass(edge.source)) continue;
      if (!nodes.has(edge.target)) nodes.set(edge.target, targetNode(edge));
      edges.push({
        from: edge.source,
        to: edge.target,
        relation: relationOf(edge),
      });
    }
  }
  for (const deployment of input.deployments) {
    const { by, environment, model, since } = deployment;
    const live = liveVersion(deployment);
    const served = new Set([live, ...Object.values(deployment.majors)]);
    for (const version of served) {
      const to = version && versionKey(model, version);
      if (!to || !down.depths.has(to) || !mayPass(to)) continue;
      const id = `deployment:${environment}/${model}`;
      nodes.set(id, { id, kind: 'deployment', model, environment, since, by });
      edges.push({ from: id, to, relation: 'serves' });
    }
  }
  return {
    nodes: [...nodes.values()],
    edges,
    isDeeper: up.isDeeper || down.isDeeper,
  };
}

function versionNode(key: string, found: KnownVersion | undefined) {
  const ref = { id: key, kind: 'version' as const, ...parseVersionKey(key) };
  if (!found) return { ...ref, state: 'missing' as const };
  const { lineage } = JSON.parse(found.package);
  return {
    ...ref,
    state: found.state,
    digest: found.digest,
    createdAt: found.createdAt,
    ...(lineage?.parameters && { parameters: lineage.parameters }),
  };
}

function relationOf(edge: EdgeRow): LineageEdge['relation'] {
  return (JSON.parse(edge.details) as EdgeDetails).relation;
}

function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
