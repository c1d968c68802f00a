import type { Split } from '@ml-platform/plugin-ml-common';

/** Picks a version at random, each as often as its weight says. `random` is from [0, 1). */
export function pickVersion(split: Split, random: number): string {
  if (split.length === 1) return split[0].version;
  let total = 0;
  for (const { weight } of split) total += weight;
  let rest = random * total;
  let last = split[0].version;
  for (const { version, weight } of split) {
    if (weight === 0) continue;
    if (rest < weight) return version;
    rest -= weight;
    last = version;
  }
  // Rounding can leave a rest; it belongs to the last version that has a share.
  return last;
}
