/** Rows of the smaller file that each range should hold, at least. */
const ROWS_A_RANGE = 50;
const MAX_RANGES = 10;
/** A share of nothing would make the index infinite. */
const LEAST_SHARE = 1e-4;

/**
 * Population stability index of two distributions over the same classes: the
 * sum of (q - p) ln(q / p). By custom, below 0.1 nothing has changed and from
 * 0.25 on much has.
 *
 * Source: Siddiqi: Credit Risk Scorecards, 2006.
 */
export function populationStability(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): number {
  const [all, now] = [total(reference), total(current)];
  let index = 0;
  for (let at = 0; at < reference.length; at += 1) {
    const p = Math.max(reference[at] / all, LEAST_SHARE);
    const q = Math.max(current[at] / now, LEAST_SHARE);
    index += (q - p) * Math.log(q / p);
  }
  return index;
}

/**
 * The same for numbers, over ranges that hold equal shares of the reference.
 * Without any drift the index is about (ranges - 1)(1/n + 1/m), so that few rows
 * get few ranges: as many as leave 50 rows of the smaller sample for each, from
 * 2 to 10.
 */
export function numericStability(
  reference: Float64Array,
  current: Float64Array,
): number {
  const smaller = Math.min(reference.length, current.length);
  const ranges = Math.max(
    2,
    Math.min(MAX_RANGES, Math.floor(smaller / ROWS_A_RANGE)),
  );
  const sorted = Float64Array.from(reference).sort();
  const edges = new Set<number>();
  for (let at = 1; at < ranges; at += 1) {
    edges.add(sorted[Math.floor((at * sorted.length) / ranges)]);
  }
  const bounds = [...edges];
  const count = (values: Float64Array) => {
    const counts = new Float64Array(bounds.length + 1);
    for (const value of values) {
      const found = bounds.findIndex(bound => value < bound);
      counts[found === -1 ? bounds.length : found] += 1;
    }
    return counts;
  };
  return populationStability(count(reference), count(current));
}

/**
 * Largest distance between two empirical distribution functions, and how
 * likely one as large is when nothing has changed (asymptotic).
 *
 * Source: Press et al.: Numerical Recipes, 3rd edition, chapter 14.3.3.
 */
export function kolmogorovSmirnov(
  reference: Float64Array,
  current: Float64Array,
): { distance: number; probability: number } {
  const [a, b] = [reference, current].map(each =>
    Float64Array.from(each).sort(),
  );
  let [i, j, distance] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] <= value) i += 1;
    while (j < b.length && b[j] <= value) j += 1;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const size = Math.sqrt((a.length * b.length) / (a.length + b.length));
  const lambda = (size + 0.12 + 0.11 / size) * distance;
  return { distance, probability: tailOf(lambda) };
}

/** Of the Kolmogorov distribution. */
function tailOf(lambda: number): number {
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let term = 1; term <= 100; term += 1) {
    const each = Math.exp(-2 * (term * lambda) ** 2);
    sum += term % 2 ? each : -each;
    if (each < 1e-12) break;
  }
  return Math.min(Math.max(2 * sum, 0), 1);
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at];
  return sum;
}
