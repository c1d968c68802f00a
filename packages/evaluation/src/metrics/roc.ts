import type { Averaging } from './classification';
import type { Predictions, Rows } from './Predictions';

/**
 * Area under the ROC curve, each class against all others. By ranks, equal
 * scores counting half; a class of which the rows hold all or none has no curve
 * and is left out.
 *
 * Source: Hanley, McNeil: The meaning and use of the area under a receiver
 * operating characteristic (ROC) curve, Radiology 143 (1982).
 */
export function rocAuc(
  data: Predictions,
  rows: Rows,
  { average, positive }: Averaging,
): number {
  if (average === 'binary') return areaOf(data, rows, positive!).area;
  let total = 0;
  let weights = 0;
  for (let index = 0; index < data.classes!.length; index += 1) {
    const { area, positives } = areaOf(data, rows, index);
    if (Number.isNaN(area)) continue;
    const weight = average === 'weighted' ? positives : 1;
    total += weight * area;
    weights += weight;
  }
  return total / weights;
}

function areaOf(
  data: Predictions,
  rows: Rows,
  index: number,
): { area: number; positives: number } {
  const { scores, isPositive, order } = ranked(data, rows, index);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let hits = 0;
    while (to < order.length && scores[order[to]] === scores[order[from]]) {
      hits += isPositive[order[to]];
      to += 1;
    }
    // Equal scores share the middle of their ranks.
    rankSum += hits * ((from + 1 + to) / 2);
    positives += hits;
    from = to;
  }
  const negatives = order.length - positives;
  return {
    area:
      (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives),
    positives,
  };
}

/** Points of the curve: share of false alarms, share of hits; at most `limit` of them. */
export function rocPoints(
  data: Predictions,
  rows: Rows,
  options: { index: number; limit: number },
): Array<[number, number]> {
  const { scores, isPositive, order } = ranked(data, rows, options.index);
  let positives = 0;
  for (const each of isPositive) positives += each;
  const negatives = order.length - positives;
  if (!positives || !negatives) return [];
  const points: Array<[number, number]> = [[0, 0]];
  let hits = 0;
  for (let at = order.length - 1; at >= 0; at -= 1) {
    hits += isPositive[order[at]];
    const isLastOfEqual =
      at === 0 || scores[order[at - 1]] !== scores[order[at]];
    if (!isLastOfEqual) continue;
    const told = order.length - at;
    points.push([(told - hits) / negatives, hits / positives]);
  }
  const step = Math.max(1, Math.ceil(points.length / options.limit));
  return points.filter(
    (_, index) => index % step === 0 || index === points.length - 1,
  );
}

function ranked(data: Predictions, rows: Rows, index: number) {
  const width = data.classes!.length;
  const scores = new Float64Array(rows.length);
  const isPositive = new Uint8Array(rows.length);
  for (let at = 0; at < rows.length; at += 1) {
    scores[at] = data.scores![rows[at] * width + index];
    isPositive[at] = data.labels[rows[at]] === index ? 1 : 0;
  }
  const order = Uint32Array.from(scores, (_, at) => at).sort(
    (a, b) => scores[a] - scores[b],
  );
  return { scores, isPositive, order };
}
