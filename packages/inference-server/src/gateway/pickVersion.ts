import type { Split } from '@ml-platform/plugin-ml-common';

/** Picks a version at random, each as often as its weight says. `random` is from [0, 1). */
export function pickVersion(split: Split, random: number): string {
  return pickWeighted(split, random).version;
}

/** Picks one at random, each as often as its weight says. `random` is from [0, 1). */
export function pickWeighted<T extends { weight: number }>(
  choices: T[],
  random: number,
): T {
  if (choices.length === 1) return choices[0];
  let total = 0;
  for (const { weight } of choices) total += weight;
  let rest = random * total;
  let last = choices[0];
  for (const choice of choices) {
    if (choice.weight === 0) continue;
    if (rest < choice.weight) return choice;
    rest -= choice.weight;
    last = choice;
  }
  // Rounding can leave a rest; it belongs to the last one that has a share.
  return last;
}
