import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../CommandContext';
import { parseAnyRef } from '../parseRef';
import { resolveRef } from '../resolveRef';
import { formatDate } from '../../output/format';
import type { DeployOptions } from './command';
import { followRelease } from './followRelease';
import { supersededBy } from './supersededBy';

/** `ml deploy` */
export async function deploy(
  context: CommandContext,
  text: string,
  options: DeployOptions,
): Promise<void> {
  const ref = parseAnyRef(text);
  const { client } = await context.connect();
  const { output } = context;
  const { model, version } = await resolveRef({ client, output }, ref);
  // Asked first, so that a mistyped model or version is told apart.
  const { deprecation } = await client.getVersion(model, version);
  if (deprecation) {
    const { replacement, sunset } = deprecation;
    output.warn(
      `${model}@${version} is deprecated, until ${formatDate(sunset)}${
        replacement ? `; move to ${replacement}` : ''
      }.`,
    );
  }
  const release = await client.createRelease(
    model,
    {
      environment: options.env,
      version,
      strategy: options.strategy,
      reason: options.reason,
      ...(!options.eval && { evaluate: false }),
      ...(await supersededBy({ client, output }, model, options)),
    },
    { idempotencyKey: randomUUID() },
  );
  await followRelease({ context, client, release, options });
}
