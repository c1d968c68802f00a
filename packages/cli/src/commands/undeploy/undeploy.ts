import type { CommandContext } from '../../CommandContext';
import { confirm } from '../confirm';
import type { UndeployOptions } from './command';

/** `ml undeploy` */
export async function undeploy(
  context: CommandContext,
  model: string,
  { env: environment, yes }: UndeployOptions,
): Promise<void> {
  const { client } = await context.connect();
  await client.getModel(model);
  if (!yes) await confirm(context, `take ${model} out of ${environment}`);
  await client.undeploy(model, environment);
  context.output.done(`${model} answers nobody in ${environment} any more`);
  context.output.hint(
    `Bring it back with: ml deploy ${model}@<version> --env ${environment}`,
  );
}
