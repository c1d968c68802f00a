import type { Predictions, Rows } from './Predictions';

const EPSILON = 2 ** -52;

/** Mean of -ln of the probability that the model gave to the right class. */
export function logLoss(data: Predictions, rows: Rows): number {
  const { labels, scores } = data;
  const width = data.classes!.length;
  let total = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    const told = scores![row * width + labels[row]];
    total -= Math.log(Math.min(Math.max(told, EPSILON), 1 - EPSILON));
  }
  return total / rows.length;
}

/** A range of confidence: how sure the model was, and how often it was right. */
export interface CalibrationBin {
  confidence: number;
  accuracy: number;
  rows: number;
}

/**
 * Rows by the probability of their likeliest class, in ranges of equal width,
 * open below and closed above.
 */
export function calibrationBins(
  data: Predictions,
  rows: Rows,
  bins: number,
): CalibrationBin[] {
  const { labels, scores } = data;
  const width = data.classes!.length;
  const sums = Array.from({ length: bins }, () => [0, 0, 0]);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    let best = 0;
    for (let index = 1; index < width; index += 1) {
      if (scores![row * width + index] > scores![row * width + best]) {
        best = index;
      }
    }
    const confidence = scores![row * width + best];
    const bin =
      sums[Math.min(Math.max(Math.ceil(confidence * bins), 1), bins) - 1];
    bin[0] += 1;
    bin[1] += confidence;
    if (best === labels[row]) bin[2] += 1;
  }
  return sums
    .filter(([count]) => count > 0)
    .map(([count, confidence, right]) => ({
      confidence: confidence / count,
      accuracy: right / count,
      rows: count,
    }));
}

/**
 * Expected calibration error: how far confidence and accuracy are apart, by
 * range, weighted by rows.
 *
 * Source: Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural
 * Networks, ICML 2017, equation 3.
 */
export function calibrationError(
  data: Predictions,
  rows: Rows,
  bins: number,
): number {
  return calibrationBins(data, rows, bins).reduce(
    (total, bin) =>
      total +
      (bin.rows / rows.length) * Math.abs(bin.accuracy - bin.confidence),
    0,
  );
}
