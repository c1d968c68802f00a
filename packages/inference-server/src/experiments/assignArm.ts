import type {
  ExperimentArm,
  ExperimentSpec,
} from '@ml-platform/plugin-ml-common';
import { createHash } from 'node:crypto';

/**
 * The arm of a key, the same in every process and at any time.
 *
 * Weighted rendezvous hashing: each arm draws a number from the key and its own
 * name alone, stretched by its weight, and the largest wins. A weight that
 * rises moves keys only to its arm, one that falls only away from it.
 */
export function assignArm(
  { arms, name }: Pick<ExperimentSpec, 'arms' | 'name'>,
  key: string,
): ExperimentArm {
  const chosen = arms.find(({ values }) => values?.includes(key));
  if (chosen) return chosen;
  let best: ExperimentArm | undefined;
  let highest = -Infinity;
  for (const arm of arms) {
    if (arm.weight === 0) continue;
    const score = -arm.weight / Math.log(draw([name, arm.name, key]));
    if (score > highest) {
      highest = score;
      best = arm;
    }
  }
  // The schema wants one weight above 0.
  return best!;
}

/** A number between 0 and 1, without either, that depends on the words alone. */
function draw(words: string[]): number {
  const hash = createHash('sha256').update(words.join('\0')).digest();
  return (hash.readUIntBE(0, 6) + 0.5) / 2 ** 48;
}
