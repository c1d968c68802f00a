import type { EvaluationCheck, Suite } from '@ml-platform/plugin-ml-common';
import { percentile } from '../metrics/percentile';
import { allRows } from '../metrics/Predictions';
import { judge } from './judge';
import { columnsFor, type Metric, metricValue } from './metricValue';
import { runCommand } from './runCommand';
import type { ScannedDataset } from './scanDataset';

const DEFAULT_PERCENTILE = 95;

export interface Scanned {
  suite: Suite;
  datasets: ReadonlyMap<string, ScannedDataset>;
}

/** Judges each metric of a suite on all rows of its data set. */
export async function checkMetrics(
  { datasets, suite }: Scanned,
  options: { directory: string; env: NodeJS.ProcessEnv },
): Promise<EvaluationCheck[]> {
  const checks: EvaluationCheck[] = [];
  for (const metric of suite.metrics) {
    const scanned = datasets.get(metric.dataset)!;
    const unit = unitOf(metric);
    const value = await valueOf(metric, scanned, options);
    checks.push({
      ...{ kind: 'metric', name: metric.name, metric: metric.type },
      ...{ dataset: metric.dataset, rows: scanned.rows },
      ...(unit && { unit }),
      ...judge(metric.name, value, metric.threshold, unit && ` ${unit}`),
    });
  }
  return checks;
}

/** Judges each slice by itself. */
export function checkSlices({ datasets, suite }: Scanned): EvaluationCheck[] {
  return suite.slices.map(slice => {
    const metric = suite.metrics.find(({ name }) => name === slice.metric)!;
    const scanned = datasets.get(slice.dataset)!;
    const rows = scanned.slices.get(slice.name)!;
    const base = {
      ...{ kind: 'slice' as const, name: slice.name, metric: metric.type },
      ...{ dataset: slice.dataset, rows: rows.length },
    };
    const { minRows = 1, threshold } = slice;
    const data = columnsFor(metric, scanned);
    if (!data || rows.length < minRows) {
      return {
        ...base,
        verdict: 'failed' as const,
        threshold,
        message: data
          ? `${slice.name} has ${rows.length} rows, and needs at least ${minRows}`
          : `${slice.name}: ${metric.name} is not computed of ${slice.dataset}`,
      };
    }
    const value = metricValue(metric, data, rows);
    return {
      ...base,
      ...judge(`${metric.name} of ${slice.name}`, value, threshold),
    };
  });
}

async function valueOf(
  metric: Metric,
  scanned: ScannedDataset,
  options: { directory: string; env: NodeJS.ProcessEnv },
): Promise<number> {
  const share = (metric.percentile ?? DEFAULT_PERCENTILE) / 100;
  switch (metric.type) {
    case 'latency':
      return percentile(scanned.requests!.milliseconds, share);
    case 'payload-size':
      return percentile(scanned.requests!.bytes, share);
    case 'command':
      return runCommand(
        metric,
        scanned.quantities ?? scanned.classes!,
        options,
      );
    default: {
      const data = columnsFor(metric, scanned);
      return metricValue(metric, data, allRows(data));
    }
  }
}

function unitOf({ type }: Metric): string | undefined {
  if (type === 'latency') return 'ms';
  return type === 'payload-size' ? 'bytes' : undefined;
}
