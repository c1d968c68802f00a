import type {
  Deprecation,
  RolloutPlan,
  RolloutSettings,
} from '@ml-platform/plugin-ml-common';
import {
  applyRelease,
  type DeploymentState,
  liveVersion,
  routesOf,
} from './deploymentState';
import type { ActiveRelease } from './ReleaseStore';

/** Whether a release compares its version with one that is live beside it. */
export function isCanary(
  release: Pick<ActiveRelease, 'strategy' | 'version'>,
  before: DeploymentState,
): boolean {
  const live = liveVersion(before);
  return (
    release.strategy === 'canary' &&
    live !== undefined &&
    live !== release.version
  );
}

/** The plan that the data plane carries out for a canary release. */
export function planRollout(
  release: ActiveRelease,
  before: DeploymentState,
  deprecated: { version: string; deprecation: Deprecation }[],
  settings: RolloutSettings,
): RolloutPlan {
  const generation = release.generation!;
  return {
    ...settings,
    id: release.id,
    stable: liveVersion(before)!,
    canary: release.version,
    stableRoutes: routesOf(before, generation, deprecated),
    canaryRoutes: routesOf(
      applyRelease(before, release),
      generation,
      deprecated,
    ),
  };
}
