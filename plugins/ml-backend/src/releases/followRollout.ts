import { setTimeout as sleep } from 'node:timers/promises';
import {
  isRolloutOver,
  type RolloutPlan,
  type RolloutStatus,
} from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import { ReleaseFailure } from './ReleaseFailure';
import type { ActiveRelease } from './ReleaseStore';

const POLL_MS = 1_000;

/**
 * Watches a rollout until it is over. The data plane carries it out alone; one
 * that is away is waited for, and one that lost it gets the plan again.
 *
 * @returns undefined when the signal ended the watch
 */
export async function followRollout(options: {
  release: ActiveRelease;
  target: ServingTarget;
  signal: AbortSignal;
  plan: () => Promise<RolloutPlan>;
  onProgress: (status: RolloutStatus) => Promise<void>;
  onObstacle: (error: unknown) => void;
}): Promise<RolloutStatus | undefined> {
  const { onObstacle, onProgress, plan, release, signal, target } = options;
  let shown: string | undefined;
  while (!signal.aborted) {
    try {
      const status =
        (await target.getRollout(release)) ??
        (await target.beginRollout(release, await plan()));
      if (status.id !== release.id) {
        throw new ReleaseFailure(
          `Rollout ${status.id} took the place of this one in the data plane`,
        );
      }
      const text = JSON.stringify(status);
      if (text !== shown) {
        await onProgress(status);
        shown = text;
      }
      if (isRolloutOver(status.state)) return status;
    } catch (error) {
      if (error instanceof ReleaseFailure) throw error;
      onObstacle(error);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {});
  }
  return undefined;
}
