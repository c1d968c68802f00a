import type { Trials } from './eProcess';
import type { Interval } from './types';

/** 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * 95 % score interval of a rate (Wilson 1927). It stays within 0 and 1 and
 * behaves with few requests, where the textbook interval does not.
 */
export function wilson({ n, x }: Trials): Interval {
  const rate = x / n;
  const middle = (rate + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const half =
    (Z / (1 + (Z * Z) / n)) *
    Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** 95 % interval of the rate of `a` less that of `b` (Newcombe 1998, method 10). */
export function difference(a: Trials, b: Trials): Interval {
  const [rateA, rateB] = [a.x / a.n, b.x / b.n];
  const [wilsonA, wilsonB] = [wilson(a), wilson(b)];
  const delta = rateA - rateB;
  return {
    low: delta - Math.hypot(rateA - wilsonA.low, wilsonB.high - rateB),
    high: delta + Math.hypot(wilsonA.high - rateA, rateB - wilsonB.low),
  };
}

/**
 * The rate that `x` bad of `n` requests exclude with 95 % confidence, from above
 * (one-sided Clopper–Pearson). Without bad requests it is about `3 / n`: the
 * "rule of three".
 */
export function upperBound({ n, x }: Trials): number {
  if (x >= n) return 1;
  let [low, high] = [x / n, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atMost(x, n, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Probability of at most `x` of `n`, each with probability `p` in (0, 1). */
function atMost(x: number, n: number, p: number): number {
  const step = Math.log(p) - Math.log1p(-p);
  let log = n * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let k = 0; k < x; k++) {
    log += Math.log((n - k) / (k + 1)) + step;
    sum += Math.exp(log);
  }
  return sum;
}
