import type { Predictions, Rows } from './Predictions';

/** Counts by right class (first index) and told class (second index). */
export type ConfusionMatrix = readonly Float64Array[];

/** Counts how often each class was told for each right class. */
export function confusionMatrix(
  { answers, classes = [], labels }: Predictions,
  rows: Rows,
): ConfusionMatrix {
  const matrix = classes.map(() => new Float64Array(classes.length));
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    matrix[labels[row]][answers[row]] += 1;
  }
  return matrix;
}
