import {
  DEFAULT_JUDGE_SETTINGS,
  type RolloutPlan,
  type RolloutStatus,
  type Routes,
} from '@ml-platform/plugin-ml-common';
import { modelPath, type ServerProcess } from './ServerProcess';
import { waitFor } from './waitFor';

/** Routes of everything to one version. */
export function routesTo(version: string, generation: number): Routes {
  const split = [{ version, weight: 100 }];
  return { generation, split, majors: { [version.split('.')[0]]: split } };
}

/** A plan of generation 2 that takes from a version over to another, in no time. */
export function planFor(
  stable: string,
  canary: string,
  changes: Partial<RolloutPlan> = {},
): RolloutPlan {
  return {
    id: `to ${canary}`,
    stable,
    canary,
    steps: [
      { weight: 20, holdMs: 300 },
      { weight: 100, holdMs: 300 },
    ],
    stableRoutes: routesTo(stable, 2),
    canaryRoutes: routesTo(canary, 2),
    judge: { ...DEFAULT_JUDGE_SETTINGS, steps: 2 },
    tickMs: 100,
    clientCap: 10_000,
    insufficientEvidence: 'extend',
    maxStepMs: 600_000,
    ...changes,
  };
}

export async function rolloutOf(server: ServerProcess): Promise<RolloutStatus> {
  const path = `${modelPath('production', 'test')}/rollout`;
  return (await server.control<RolloutStatus>('GET', path)).body;
}

/** Waits until a rollout is somewhere; returns where. */
export async function rolloutReaches(
  server: () => ServerProcess,
  what: string,
  holds: (status: RolloutStatus) => boolean,
): Promise<RolloutStatus> {
  let last: RolloutStatus | undefined;
  return waitFor(
    what,
    async () => {
      last = await rolloutOf(server());
      return holds(last) ? last : undefined;
    },
    60_000,
  ).catch(error => {
    throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
  });
}
