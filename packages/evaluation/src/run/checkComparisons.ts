import type { EvaluationCheck } from '@ml-platform/plugin-ml-common';
import { pairedBootstrap } from '../metrics/bootstrap';
import { allRows, type Predictions, type Rows } from '../metrics/Predictions';
import type { Scanned } from './checkMetrics';
import { short } from './judge';
import { columnsFor, isHigherBetter, metricValue } from './metricValue';
import type { ScannedDataset } from './scanDataset';

/** The version in production on the same rows, or why there is nothing to compare with. */
export type Baseline =
  | { version: string; datasets: ReadonlyMap<string, ScannedDataset> }
  | { reason: string };

/**
 * Compares metrics with those of the version in production. A comparison
 * passes when even the bad end of the interval of the difference is within
 * what is allowed: with too few rows to tell, it fails.
 */
export function checkComparisons(
  { datasets, suite }: Scanned,
  baseline: Baseline,
): EvaluationCheck[] {
  return suite.comparisons.map(comparison => {
    const metric = suite.metrics.find(
      ({ name }) => name === comparison.metric,
    )!;
    const base = {
      ...{ kind: 'comparison' as const, name: comparison.name },
      ...{ metric: metric.type, dataset: metric.dataset },
      threshold: { max: comparison.notWorseBy },
    };
    if ('reason' in baseline) {
      return {
        ...base,
        verdict: 'skipped' as const,
        message: `${comparison.name}: ${baseline.reason}`,
      };
    }
    const [ours, theirs] = aligned(
      columnsFor(metric, datasets.get(metric.dataset)!),
      columnsFor(metric, baseline.datasets.get(metric.dataset)!),
    );
    const worse = (rows: Rows) => {
      const our = metricValue(metric, ours, rows);
      const their = metricValue(metric, theirs, rows);
      return isHigherBetter(metric) ? their - our : our - their;
    };
    const rows = allRows(ours);
    const interval = pairedBootstrap(worse, {
      rows: rows.length,
      ...comparison,
    });
    const { notWorseBy } = comparison;
    const isKnown = Number.isFinite(interval.high);
    const passed = isKnown && interval.high <= notWorseBy;
    const value = worse(rows);
    const told = `${comparison.name}: ${metric.name} is ${short(
      metricValue(metric, ours, rows),
    )}, of ${baseline.version} in production ${short(
      metricValue(metric, theirs, rows),
    )}; with ${comparison.confidence * 100} % confidence it is worse by ${short(
      interval.low,
    )} to ${short(
      interval.high,
    )} (below 0 is better), at most ${notWorseBy} is allowed`;
    return {
      ...base,
      verdict: passed ? ('passed' as const) : ('failed' as const),
      message: isKnown ? told : `${comparison.name}: it is not to be computed`,
      rows: rows.length,
      ...(Number.isFinite(value) && { value }),
      baseline: metricValue(metric, theirs, rows),
      ...(isKnown && { interval }),
      ...(isKnown && !passed && { missedBy: interval.high - notWorseBy }),
    };
  });
}

/** Both with the same numbers for the same classes. */
function aligned(
  ours: Predictions,
  theirs: Predictions,
): [Predictions, Predictions] {
  if (!ours.classes || !theirs.classes) return [ours, theirs];
  const classes = [...new Set([...ours.classes, ...theirs.classes])];
  return [renumbered(ours, classes), renumbered(theirs, classes)];
}

function renumbered(data: Predictions, classes: string[]): Predictions {
  const width = data.classes!.length;
  const places = data.classes!.map(name => classes.indexOf(name));
  const { scores } = data;
  const moved = scores && new Float64Array(data.labels.length * classes.length);
  scores?.forEach((score, index) => {
    const row = Math.floor(index / width);
    moved![row * classes.length + places[index % width]] = score;
  });
  return {
    labels: data.labels.map(number => places[number]),
    answers: data.answers.map(number => places[number]),
    classes,
    ...(moved && { scores: moved }),
  };
}
