import type { EvaluationCheck } from '@ml-platform/plugin-ml-common';

interface Threshold {
  min?: number;
  max?: number;
}

type Judged = Pick<
  EvaluationCheck,
  'verdict' | 'value' | 'threshold' | 'missedBy' | 'message'
>;

/** Compares a value with its threshold, and says how far it is off. */
export function judge(
  name: string,
  value: number,
  threshold: Threshold | undefined,
  unit = '',
): Judged {
  const isNumber = Number.isFinite(value);
  const told = `${name} is ${
    isNumber ? `${short(value)}${unit}` : 'not to be computed of these rows'
  }`;
  const kept = isNumber ? { value } : {};
  if (!threshold) {
    return { verdict: isNumber ? 'info' : 'skipped', ...kept, message: told };
  }
  const { max = Infinity, min = -Infinity } = threshold;
  if (!isNumber) {
    return { verdict: 'failed', threshold, message: told };
  }
  const wanted = [
    ...(threshold.min === undefined
      ? []
      : [`at least ${threshold.min}${unit}`]),
    ...(threshold.max === undefined ? [] : [`at most ${threshold.max}${unit}`]),
  ].join(' and ');
  const missedBy = Math.max(min - value, value - max, 0);
  return missedBy === 0
    ? {
        verdict: 'passed',
        ...kept,
        threshold,
        message: `${told}, ${wanted} is asked for`,
      }
    : {
        verdict: 'failed',
        ...kept,
        threshold,
        missedBy,
        message: `${told}, ${wanted} is asked for: missed by ${short(
          missedBy,
        )}${unit}`,
      };
}

/** A number for people: four significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
