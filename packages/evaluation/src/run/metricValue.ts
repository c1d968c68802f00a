import type { Suite } from '@ml-platform/plugin-ml-common';
import { accuracy, f1, precision, recall } from '../metrics/classification';
import type { Predictions, Rows } from '../metrics/Predictions';
import { calibrationError, logLoss } from '../metrics/probabilities';
import { mae, r2, rmse } from '../metrics/regression';
import { rocAuc } from '../metrics/roc';
import { classKey } from './Classes';
import { CLASS_METRICS } from './datasetNeeds';
import type { ScannedDataset } from './scanDataset';

export type Metric = Suite['metrics'][number];

export const DEFAULT_BINS = 10;

/** Metrics that are better the higher they are; of the others, lower is better. */
const HIGHER_IS_BETTER: ReadonlyArray<Metric['type']> = [
  ...(['accuracy', 'precision', 'recall', 'f1', 'roc-auc', 'r2'] as const),
];

export function isHigherBetter({ type }: Metric): boolean {
  return HIGHER_IS_BETTER.includes(type);
}

/** The columns that a metric is computed of. */
export function columnsFor(
  metric: Metric,
  scanned: ScannedDataset,
): Predictions {
  return CLASS_METRICS.includes(metric.type)
    ? scanned.classes!
    : scanned.quantities!;
}

/** Computes a metric of some rows; not a number where it has no value. */
export function metricValue(
  metric: Metric,
  data: Predictions,
  rows: Rows,
): number {
  const averaging = {
    average: metric.average ?? ('macro' as const),
    positive: data.classes?.indexOf(classKey(metric.positive)),
  };
  // A positive class that is nowhere in the data set.
  if (averaging.average === 'binary' && averaging.positive === -1) return NaN;
  switch (metric.type) {
    case 'accuracy':
      return accuracy(data, rows);
    case 'precision':
      return precision(data, rows, averaging);
    case 'recall':
      return recall(data, rows, averaging);
    case 'f1':
      return f1(data, rows, averaging);
    case 'roc-auc':
      return rocAuc(data, rows, averaging);
    case 'log-loss':
      return logLoss(data, rows);
    case 'calibration':
      return calibrationError(data, rows, metric.bins ?? DEFAULT_BINS);
    case 'rmse':
      return rmse(data, rows);
    case 'mae':
      return mae(data, rows);
    case 'r2':
      return r2(data, rows);
    default:
      throw new Error(`${metric.type} is not computed of labels`);
  }
}
