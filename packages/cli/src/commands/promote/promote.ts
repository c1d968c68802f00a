import { randomUUID } from 'node:crypto';
import type { CommandContext } from '../../CommandContext';
import { followRelease } from '../deploy/followRelease';
import { supersededBy } from '../deploy/supersededBy';
import { parseRef } from '../parseRef';
import type { PromoteOptions } from './command';

/** `ml promote` */
export async function promote(
  context: CommandContext,
  text: string,
  options: PromoteOptions,
): Promise<void> {
  const { model, version } = text.includes('@')
    ? parseRef(text)
    : { model: text, version: undefined };
  const { client } = await context.connect();
  const release = await client.promote(
    model,
    {
      ...{ version, strategy: options.strategy, reason: options.reason },
      ...(await supersededBy({ client, output: context.output }, model, {
        ...{ supersede: options.supersede, env: 'production' },
      })),
    },
    { idempotencyKey: randomUUID() },
  );
  await followRelease({ context, client, release, options });
}
