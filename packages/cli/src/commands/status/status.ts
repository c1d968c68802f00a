import type { Deployment } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import type { StatusOptions } from './command';
import { deploymentColumns } from './deploymentColumns';
import { watchStatus } from './watchStatus';

/** `ml status` */
export async function status(
  context: CommandContext,
  model: string | undefined,
  options: StatusOptions,
): Promise<void> {
  const { output, connect } = context;
  const { client } = await connect();
  // A model that does not exist is an error, one that is nowhere deployed is not.
  if (model) await client.getModel(model);
  const read = async (): Promise<Deployment[]> => {
    const { items } = await client.listDeployments({
      model,
      environment: options.env,
    });
    return items;
  };
  if (options.watch) {
    await watchStatus(context, read);
    return;
  }
  await output.list({
    kind: 'DeploymentList',
    items: await read(),
    name: item => `${item.model}/${item.environment}`,
    columns: deploymentColumns(output),
    empty: model
      ? `${model} is not deployed. Next: ml deploy ${model}@<version> --env staging`
      : 'Nothing is deployed yet. Next: ml deploy <model>@<version> --env staging',
  });
}
