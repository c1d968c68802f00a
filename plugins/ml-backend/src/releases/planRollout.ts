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
import type { StrategySettings } from './strategySettings';

/** Whether the data plane takes a version over by a plan, beside the live one. */
export function needsPlan(
  release: Pick<ActiveRelease, 'strategy' | 'version'>,
  before: DeploymentState,
): boolean {
  const live = liveVersion(before);
  return (
    release.strategy !== 'immediate' &&
    live !== undefined &&
    live !== release.version
  );
}

/** The plan that the data plane carries out for a release. */
export function planRollout(options: {
  release: ActiveRelease;
  before: DeploymentState;
  deprecated: { version: string; deprecation: Deprecation }[];
  canary: RolloutSettings;
  strategies: StrategySettings;
  /** Sample requests of the version, as JSON. */
  samples: string[];
}): RolloutPlan {
  const { before, canary, deprecated, release } = options;
  const generation = release.generation!;
  const shared = { ...canary, ...ofStrategy(options) };
  return {
    ...shared,
    ...(shared.insufficientEvidence === 'synthetic' && {
      replay: { requests: options.samples },
    }),
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

function ofStrategy({
  canary,
  release,
  samples,
  strategies,
}: {
  release: ActiveRelease;
  canary: RolloutSettings;
  strategies: StrategySettings;
  samples: string[];
}): Partial<RolloutPlan> {
  switch (release.strategy) {
    case 'blueGreen': {
      const { bakeMs, insufficientEvidence } = strategies.blueGreen;
      return {
        strategy: 'blueGreen',
        check: { requests: samples },
        steps: [{ weight: 100, holdMs: bakeMs }],
        judge: { ...canary.judge, steps: 1 },
        insufficientEvidence,
      };
    }
    case 'shadow':
      return { strategy: 'shadow', mirror: strategies.shadow };
    default:
      return {};
  }
}
