import type {
  LineageDirection,
  LineageGraph,
  MlClient,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { Output } from '../../output/Output';
import { collectPages } from '../collectPages';
import { isModel, parseAnyRef, usageError } from '../parseRef';
import { resolveRef } from '../resolveRef';
import type { LineageOptions } from './command';
import { lineageTree } from './lineageTree';

/** More versions of a dataset than this are left to the API. */
const MAX_USES = 10_000;

/** `ml lineage` */
export async function lineage(
  { connect, output }: CommandContext,
  text: string | undefined,
  options: LineageOptions,
): Promise<void> {
  const { dataset, depth, downstream = false } = options;
  if ((text === undefined) === (dataset === undefined)) {
    throw usageError('Name either a version or, with --dataset, a dataset');
  }
  const { client } = await connect();
  if (dataset !== undefined) {
    await listUses(client, output, dataset);
    return;
  }
  const { model, version } = await findVersion({ client, output }, text!);
  const get = (direction: LineageDirection, steps: number) =>
    client.lineage.get(model, version, { direction, depth: steps });
  const graph = downstream
    ? await get('downstream', depth)
    : withDeployments(await get('upstream', depth), await get('downstream', 0));
  await output.object({
    kind: 'Lineage',
    name: `${model}@${version}`,
    data: graph,
    text: () =>
      lineageTree(graph, { downstream, paint: output.paint }).join('\n'),
  });
  if (graph.truncated) {
    output.warn(
      graph.truncatedBy === 'depth'
        ? `There is more, further away than --depth ${depth}`
        : 'There is more than one answer holds; start at a version further on',
    );
  }
}

/** What a version was made from, and where it is deployed itself. */
function withDeployments(
  upstream: LineageGraph,
  { edges, nodes }: LineageGraph,
): LineageGraph {
  return {
    ...upstream,
    nodes: [
      ...nodes.filter(({ kind }) => kind === 'deployment'),
      ...upstream.nodes.filter(({ kind }) => kind !== 'deployment'),
    ],
    edges: [
      ...edges.filter(({ relation }) => relation === 'serves'),
      ...upstream.edges.filter(({ relation }) => relation !== 'serves'),
    ],
  };
}

async function findVersion(
  context: { client: MlClient; output: Output },
  text: string,
): Promise<{ model: string; version: string }> {
  if (!isModel(text)) return resolveRef(context, parseAnyRef(text));
  const { latestVersion } = await context.client.getModel(text);
  if (!latestVersion) throw usageError(`${text} has no version yet`);
  context.output.info(`The latest version is ${text}@${latestVersion}`);
  return { model: text, version: latestVersion };
}

async function listUses(client: MlClient, output: Output, dataset: string) {
  const items = await collectPages(MAX_USES, page =>
    client.lineage.listDatasetUses(dataset, page),
  );
  await output.list({
    kind: 'DatasetUseList',
    items,
    name: ({ model, version }) => `${model}@${version}`,
    empty: 'No version that you may see was made with this dataset.',
    columns: [
      { header: 'VERSION', cell: use => `${use.model}@${use.version}` },
      { header: 'STATE', cell: use => use.state },
      { header: 'ROLE', cell: use => use.role },
      { header: 'DATASET', cell: use => use.dataset.name },
      { header: 'CREATED', cell: use => output.time(use.createdAt) },
    ],
  });
}
