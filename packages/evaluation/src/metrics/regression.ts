import type { Predictions, Rows } from './Predictions';

/** Root of the mean squared error, in the unit of the answer. */
export function rmse(data: Predictions, rows: Rows): number {
  return Math.sqrt(squares(data, rows) / rows.length);
}

/** Mean absolute error, in the unit of the answer. */
export function mae({ answers, labels }: Predictions, rows: Rows): number {
  let total = 0;
  for (let at = 0; at < rows.length; at += 1) {
    total += Math.abs(answers[rows[at]] - labels[rows[at]]);
  }
  return total / rows.length;
}

/**
 * Coefficient of determination: 1 is perfect, 0 is as good as always telling
 * the mean. Not a number where all right answers are the same.
 */
export function r2(data: Predictions, rows: Rows): number {
  let mean = 0;
  for (let at = 0; at < rows.length; at += 1) mean += data.labels[rows[at]];
  mean /= rows.length;
  let spread = 0;
  for (let at = 0; at < rows.length; at += 1) {
    spread += (data.labels[rows[at]] - mean) ** 2;
  }
  return spread === 0 ? NaN : 1 - squares(data, rows) / spread;
}

function squares({ answers, labels }: Predictions, rows: Rows): number {
  let total = 0;
  for (let at = 0; at < rows.length; at += 1) {
    total += (answers[rows[at]] - labels[rows[at]]) ** 2;
  }
  return total;
}
