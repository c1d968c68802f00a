import { parseMetricCondition } from '@ml-platform/plugin-ml-common';
import type { EvidenceKind } from './EvidenceKind';

const COMPARE = {
  '>=': (a: number, b: number) => a >= b,
  '>': (a: number, b: number) => a > b,
  '<=': (a: number, b: number) => a <= b,
  '<': (a: number, b: number) => a < b,
  '=': (a: number, b: number) => a === b,
};

/** The card tells a metric over all data that meets a condition. */
export const cardMetric: EvidenceKind = {
  name: 'metric',
  description: 'its card has a metric over all data that meets a condition',
  example: 'accuracy>=0.9',
  checkArgument: argument =>
    parseMetricCondition(argument)
      ? undefined
      : 'must be a condition such as accuracy>=0.9',
  async missing({ card }, argument) {
    const { metric, operator, value } = parseMetricCondition(argument)!;
    const told = card.quantitativeAnalysis.performanceMetrics.find(
      entry =>
        !entry.slice && entry.type.toLowerCase() === metric.toLowerCase(),
    );
    if (!told) return `its card tells no ${metric} over all data`;
    return COMPARE[operator](Number(told.value), value)
      ? undefined
      : `its card tells ${metric} ${told.value}`;
  },
};
