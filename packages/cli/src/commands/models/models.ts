import type { Environment, Model } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { renderTable } from '../../output/renderTable';
import { collectPages } from '../collectPages';
import { deploymentColumns } from '../status/deploymentColumns';
import type { ListModelsOptions } from './command';

/** `ml models list` */
export async function listModels(
  { connect, output }: CommandContext,
  { query, limit }: ListModelsOptions,
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages(limit, page =>
    client.listModels({ ...page, q: query }),
  );
  await output.list({
    kind: 'ModelList',
    items,
    name: model => model.name,
    empty: query
      ? `No model contains '${query}'.`
      : 'There are no models yet. Register one: ml register <directory>',
    columns: [
      { header: 'MODEL', cell: model => model.name },
      { header: 'LATEST', cell: model => model.latestVersion ?? '-' },
      { header: 'STAGING', cell: liveIn('staging') },
      { header: 'PRODUCTION', cell: liveIn('production') },
      { header: 'OWNER', cell: model => model.owner },
      { header: 'UPDATED', cell: model => output.time(model.updatedAt) },
    ],
  });
}

/** `ml models show` */
export async function showModel(
  { connect, output }: CommandContext,
  name: string,
): Promise<void> {
  const { client } = await connect();
  const model = await client.getModel(name);
  const columns = deploymentColumns(output).slice(1);
  await output.object({
    kind: 'Model',
    name: model.name,
    data: model,
    text: () =>
      [
        `Model     ${model.name}${
          model.title === model.name ? '' : ` (${model.title})`
        }`,
        `Owner     ${model.owner}`,
        `Versions  ${model.versionCount}, latest ${model.latestVersion ?? '-'}`,
        `Tags      ${model.tags.join(', ') || '-'}`,
        `Updated   ${output.time(model.updatedAt)}`,
        '',
        model.description.trim(),
        ...(model.deployments.length
          ? [
              '',
              renderTable(
                columns.map(column => column.header),
                model.deployments.map(deployment =>
                  columns.map(column => column.cell(deployment)),
                ),
              ),
            ]
          : []),
      ].join('\n'),
  });
  if (!model.deployments.length && model.latestVersion) {
    output.hint(
      `Not deployed. Next: ml deploy ${name}@${model.latestVersion} --env staging`,
    );
  }
}

function liveIn(environment: Environment) {
  return (model: Model) =>
    model.deployments.find(item => item.environment === environment)?.version ??
    '-';
}
