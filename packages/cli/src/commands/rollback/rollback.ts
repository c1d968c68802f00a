import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { confirm } from '../confirm';
import { followRelease } from '../deploy/followRelease';
import { releaseText } from '../releases/releaseText';
import type { RollbackOptions } from './command';

/** `ml rollback` */
export async function rollback(
  context: CommandContext,
  model: string,
  options: RollbackOptions,
): Promise<void> {
  const { env: environment, reason, to } = options;
  const { output } = context;
  const { client } = await context.connect();
  await client.getModel(model);
  const { items } = await client.listDeployments({ model, environment });
  const live = items[0]?.version;
  const active = items[0]?.activeRelease;
  if (active?.state === 'progressing' && !to) {
    const what = `the canary of ${model}@${active.version} in ${environment}`;
    if (!options.yes) await confirm(context, `abort ${what}`);
    const aborted = await client.rollback(model, { environment, reason });
    output.done(`Took back ${what}; ${live} serves all requests`);
    await output.object({
      kind: 'Release',
      name: aborted.id,
      data: aborted,
      text: () => releaseText(aborted, output),
    });
    return;
  }
  const target = to ?? items[0]?.rollbackVersion;
  if (!target) {
    throw new CliError({
      code: 'NOTHING_TO_ROLL_BACK_TO',
      exitCode: ExitCode.conflict,
      message: live
        ? `No version of ${model} was live in ${environment} before ${live}`
        : `${model} is not live in ${environment}`,
      hint: `What was released: ml releases list ${model} --env ${environment}`,
    });
  }
  const change = `${model} in ${environment} from ${
    live ?? 'nothing'
  } back to ${target}`;
  if (!options.yes) await confirm(context, `take ${change}`);
  const release = await client.rollback(
    model,
    { environment, version: target, reason },
    { idempotencyKey: randomUUID() },
  );
  await followRelease({ context, client, release, options });
}
