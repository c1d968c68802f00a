import type {
  DatasetUse,
  LineageDirection,
  LineageGraph,
  Page,
} from '@ml-platform/plugin-ml-common';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import type { ReleaseStore } from '../releases/ReleaseStore';
import { buildGraph } from './buildGraph';
import { parseVersionKey, versionKey } from './edges';
import type { LineageStore, Step } from './LineageStore';

export interface LineageServiceOptions {
  store: LineageStore;
  registry: Pick<RegistryService, 'getVersion' | 'getVisibleModels'>;
  releases: Pick<ReleaseStore, 'listDeployments'>;
  authorizer: Authorizer;
}

export const MAX_DEPTH = 20;
/** Versions of one answer. */
const MAX_VERSIONS = 200;
/** Edges of one answer, to data, code and so on. */
const MAX_EDGES = 2_000;

/**
 * Where versions come from, and what became of them. Nothing is told of models
 * that the caller may not see but that there is something, and nothing that
 * lies behind it.
 */
export class LineageService {
  readonly #options: LineageServiceOptions;

  constructor(options: LineageServiceOptions) {
    this.#options = options;
  }

  /**
   * The graph around a version: its data, code, run and environment, the same of
   * its parents, and its children and deployments, as far as asked for.
   * @throws NotFoundError, also when the caller may not see the model
   */
  async getGraph(
    context: RequestContext,
    model: string,
    version: string,
    query: { direction: LineageDirection; depth: number },
  ): Promise<LineageGraph> {
    const { registry, releases, store } = this.#options;
    const { depth, direction } = query;
    await registry.getVersion(context, model, version);

    const root = versionKey(model, version);
    const walk = (way: 'up' | 'down', wanted: boolean): Promise<Step[]> =>
      wanted
        ? // One step more tells whether there is more.
          store.walk({ root, way, depth: depth + 1, limit: MAX_EDGES + 1 })
        : Promise.resolve([{ node: root, depth: 0 }]);
    const [up, down] = await Promise.all([
      walk('up', direction !== 'downstream'),
      walk('down', direction !== 'upstream'),
    ]);
    const steps = [...up, ...down];
    const near = keysOf(steps, at => at <= depth);
    const shown = near.slice(0, MAX_VERSIONS);
    const beyond = keysOf(steps, at => at > depth).slice(0, MAX_VERSIONS);

    const keys = shown.map(parseVersionKey);
    const names = [...new Set(keys.map(key => key.model))];
    const [versions, isVisible, edges] = await Promise.all([
      store.getVersions(keys),
      this.#getVisible(context, names),
      store.listEdges([...shown, ...beyond], MAX_EDGES + 1),
    ]);
    const { isDeeper, ...graph } = buildGraph({
      ...{ root, depth, versions, isVisible },
      up: direction !== 'downstream',
      down: direction !== 'upstream',
      edges: edges.slice(0, MAX_EDGES),
      deployments:
        direction === 'upstream'
          ? []
          : await releases.listDeployments({ models: names.filter(isVisible) }),
    });
    const isLarger =
      near.length > MAX_VERSIONS ||
      [up, down, edges].some(list => list.length > MAX_EDGES);
    return {
      root,
      direction,
      depth,
      ...graph,
      truncated: isLarger || isDeeper,
      ...((isLarger || isDeeper) && {
        truncatedBy: isLarger ? 'size' : 'depth',
      }),
    };
  }

  /** Versions that were made with a dataset, of the models that the caller may see. */
  async listDatasetUses(
    context: RequestContext,
    dataset: string,
    query: { limit: number; cursor?: string },
  ): Promise<Page<DatasetUse>> {
    const { authorizer, store } = this.#options;
    const visibility = await authorizer.getVisibility(context);
    return store.listDatasetUses({ ...query, dataset, visibility });
  }

  /** Whether the caller may know of a model, be it registered or not. */
  async #getVisible(
    context: RequestContext,
    names: string[],
  ): Promise<(model: string) => boolean> {
    const { authorizer, registry } = this.#options;
    const visibility = await authorizer.getVisibility(context);
    if (visibility.kind === 'all') return () => true;
    const found = await registry.getVisibleModels(context, names);
    const visible = new Set(found.map(({ name }) => name));
    return model => visible.has(model);
  }
}

/** Nearest first, each once. */
function keysOf(steps: Step[], isWanted: (depth: number) => boolean): string[] {
  return [
    ...new Set(
      steps
        .filter(({ depth }) => isWanted(depth))
        .sort((a, b) => a.depth - b.depth)
        .map(({ node }) => node),
    ),
  ];
}
