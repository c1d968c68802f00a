import type { MetricType, Suite } from '@ml-platform/plugin-ml-common';

export const CLASS_METRICS: readonly MetricType[] = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'roc-auc',
  'log-loss',
  'calibration',
];
const QUANTITY_METRICS: readonly MetricType[] = ['rmse', 'mae', 'r2'];

export type Dataset = Suite['datasets'][number];

/** What is to be gathered of a data set for the checks of a suite. */
export interface DatasetNeeds {
  classes: boolean;
  quantities: boolean;
  latency: boolean;
}

export function datasetNeeds(suite: Suite, { name }: Dataset): DatasetNeeds {
  const types = suite.metrics
    .filter(({ dataset }) => dataset === name)
    .map(({ type }) => type);
  const has = (wanted: readonly MetricType[]) =>
    types.some(type => wanted.includes(type));
  const classes = has(CLASS_METRICS);
  return {
    classes,
    quantities: has(QUANTITY_METRICS) || (has(['command']) && !classes),
    latency: has(['latency', 'payload-size']),
  };
}
