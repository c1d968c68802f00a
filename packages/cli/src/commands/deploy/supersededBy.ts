import {
  isWaiting,
  type MlClient,
  waitsFor,
} from '@ml-platform/plugin-ml-common';
import type { Output } from '../../output/Output';
import type { ReleaseOptions } from './command';

/** What a new release ends, where that is asked for: the one that waits there now, and no other. */
export async function supersededBy(
  { client, output }: { client: MlClient; output: Output },
  model: string,
  { env, supersede }: Pick<ReleaseOptions, 'env'> & { supersede?: boolean },
): Promise<{ supersedes?: string }> {
  if (!supersede) return {};
  const { items } = await client.listDeployments({ model, environment: env });
  const [waiting] = items.flatMap(({ activeRelease: active }) =>
    active && isWaiting(active.state) ? [active] : [],
  );
  if (!waiting) return {};
  const { number, requestedBy, version } = waiting;
  output.info(
    `Ends release #${number} of ${version}, which ${requestedBy} asked for and which waits for ${waitsFor(
      waiting,
    )}`,
  );
  return { supersedes: waiting.id };
}
