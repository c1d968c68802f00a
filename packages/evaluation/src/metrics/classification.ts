import { type ConfusionMatrix, confusionMatrix } from './confusionMatrix';
import type { Predictions, Rows } from './Predictions';

/** How classes are put together. */
export interface Averaging {
  average: 'macro' | 'micro' | 'weighted' | 'binary';
  /** Number of the positive class, for `binary`. */
  positive?: number;
}

/** Share of rows whose class was told right. */
export function accuracy(data: Predictions, rows: Rows): number {
  let right = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    if (data.labels[row] === data.answers[row]) right += 1;
  }
  return right / rows.length;
}

/** Of the rows that were told to be of a class, the share that is. */
export function precision(
  data: Predictions,
  rows: Rows,
  averaging: Averaging,
): number {
  return averaged(confusionMatrix(data, rows), averaging, counts =>
    ratio(counts.hits, counts.hits + counts.falseAlarms),
  );
}

/** Of the rows of a class, the share that was told to be. */
export function recall(
  data: Predictions,
  rows: Rows,
  averaging: Averaging,
): number {
  return averaged(confusionMatrix(data, rows), averaging, counts =>
    ratio(counts.hits, counts.hits + counts.misses),
  );
}

/** Harmonic mean of precision and recall. */
export function f1(
  data: Predictions,
  rows: Rows,
  averaging: Averaging,
): number {
  return averaged(confusionMatrix(data, rows), averaging, counts =>
    ratio(
      2 * counts.hits,
      2 * counts.hits + counts.falseAlarms + counts.misses,
    ),
  );
}

interface Counts {
  hits: number;
  falseAlarms: number;
  misses: number;
}

/** Where nothing is to be divided by, the answer is 0, as scikit-learn has it. */
function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function averaged(
  matrix: ConfusionMatrix,
  { average, positive }: Averaging,
  score: (counts: Counts) => number,
): number {
  if (average === 'binary') return score(countsOf(matrix, positive!));
  // A class that is neither right nor told anywhere says nothing.
  const counts = matrix
    .map((_, index) => countsOf(matrix, index))
    .filter(({ falseAlarms, hits, misses }) => hits + falseAlarms + misses > 0);
  if (average === 'micro') {
    return score({
      hits: sum(counts.map(({ hits }) => hits)),
      falseAlarms: sum(counts.map(({ falseAlarms }) => falseAlarms)),
      misses: sum(counts.map(({ misses }) => misses)),
    });
  }
  const weights = counts.map(({ hits, misses }) =>
    average === 'weighted' ? hits + misses : 1,
  );
  return (
    sum(counts.map((each, index) => weights[index] * score(each))) /
    sum(weights)
  );
}

function countsOf(matrix: ConfusionMatrix, index: number): Counts {
  const hits = matrix[index][index];
  return {
    hits,
    falseAlarms: sum(matrix.map(row => row[index])) - hits,
    misses: sum(matrix[index]) - hits,
  };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at += 1) total += values[at];
  return total;
}
