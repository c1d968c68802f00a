import type { RolloutPlan, Routes, Split } from '@ml-platform/plugin-ml-common';

/**
 * The routes of a plan with a share of the requests, in percent, on the canary.
 * A pinned API version takes part where the canary takes it over as well.
 */
export function blendRoutes(
  { stableRoutes, canaryRoutes }: RolloutPlan,
  weight: number,
): Routes {
  if (weight >= 100) return canaryRoutes;
  if (weight <= 0) return stableRoutes;
  const majors = { ...canaryRoutes.majors };
  for (const [major, split] of Object.entries(stableRoutes.majors)) {
    majors[major] = blend(split, majors[major] ?? split, weight);
  }
  const deprecations = {
    ...stableRoutes.deprecations,
    ...canaryRoutes.deprecations,
  };
  return {
    generation: stableRoutes.generation,
    split: blend(stableRoutes.split, canaryRoutes.split, weight),
    majors,
    ...(Object.keys(deprecations).length && { deprecations }),
  };
}

function blend(stable: Split, canary: Split, weight: number): Split {
  const shares = new Map<string, number>();
  const add = (split: Split, percent: number) => {
    const total = split.reduce((sum, part) => sum + part.weight, 0);
    for (const part of split) {
      const share = (part.weight / total) * percent;
      shares.set(part.version, (shares.get(part.version) ?? 0) + share);
    }
  };
  add(stable, 100 - weight);
  add(canary, weight);
  return [...shares].map(([version, share]) => ({ version, weight: share }));
}
