import type { ArmCounts } from './types';

/**
 * Odds ratios of the mixture: the alternatives "bad requests are this many
 * times as likely, in odds, on the canary as on the stable arm".
 * @public
 */
export const ODDS_RATIOS = [1.5, 2, 3, 5, 10, 20, 50] as const;

/** One arm's requests and how many of them count against it. */
export interface Trials {
  n: number;
  x: number;
}

/**
 * Natural logarithm, for each odds ratio ψ, of how much better "ψ times the
 * odds" explains a tick than "no difference" does.
 *
 * Given the tick's totals, the canary's bad count is hypergeometric where the
 * arms do not differ, and Fisher's noncentral hypergeometric with ψ where they
 * do. The ratio of the two is `ψ^x / E[ψ^X]`, X hypergeometric. Its expectation
 * without a difference is 1, whatever the base rate, so its products over ticks
 * form an e-process (Ville's inequality bounds how often they ever get large).
 */
export function logRatiosOfTick(canary: Trials, stable: Trials): number[] {
  checkTrials(canary);
  checkTrials(stable);
  const bad = canary.x + stable.x;
  if (!bad || !canary.n || !stable.n) return ODDS_RATIOS.map(() => 0);
  const weights = logWeights(canary.n, stable.n, bad);
  const { first } = weights;
  const total = logSum(weights.logs);
  return ODDS_RATIOS.map(ratio => {
    const step = Math.log(ratio);
    const tilted = weights.logs.map((log, i) => log + (first + i) * step);
    return canary.x * step - (logSum(tilted) - total);
  });
}

/**
 * The same against a fixed rate instead of a control arm: binomial with ψ times
 * the odds of `rate`, over binomial with `rate`. Rates below `rate` only make
 * the products smaller in expectation, so the bound holds for "at most `rate`".
 */
export function logRatiosAgainstRate(canary: Trials, rate: number): number[] {
  checkTrials(canary);
  const odds = rate / (1 - rate);
  return ODDS_RATIOS.map(ratio => {
    const worse = (ratio * odds) / (1 + ratio * odds);
    return (
      canary.x * Math.log(worse / rate) +
      (canary.n - canary.x) * (Math.log1p(-worse) - Math.log1p(-rate))
    );
  });
}

/** The e-value: the mean over the odds ratios. At most the largest number there is. */
export function eValue(logRatios: readonly number[]): number {
  const log = logSum(logRatios) - Math.log(logRatios.length);
  // JSON has no Infinity, and no threshold comes near.
  return Math.min(Math.exp(log), Number.MAX_VALUE);
}

export const trialsOf = {
  errors: (counts: ArmCounts): Trials => ({
    n: counts.requests,
    x: counts.bad,
  }),
  latency: (counts: ArmCounts): Trials => ({
    n: counts.requests,
    x: counts.slow,
  }),
};

/** Unnormalized log probabilities of the hypergeometric, from `first` upwards. */
function logWeights(canary: number, stable: number, bad: number) {
  const first = Math.max(0, bad - stable);
  const last = Math.min(canary, bad);
  const logs = [0];
  for (let x = first; x < last; x++) {
    const ratio =
      ((canary - x) / (x + 1)) * ((bad - x) / (stable - bad + x + 1));
    logs.push(logs[logs.length - 1] + Math.log(ratio));
  }
  return { first, logs };
}

function logSum(logs: readonly number[]): number {
  let max = -Infinity;
  for (const log of logs) if (log > max) max = log;
  if (max === -Infinity) return max;
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - max);
  return max + Math.log(sum);
}

function checkTrials({ n, x }: Trials) {
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(x) || x < 0 || x > n) {
    throw new RangeError(
      `Counts of an arm must be whole numbers with 0 ≤ bad ≤ requests, not ${x} of ${n}`,
    );
  }
}
