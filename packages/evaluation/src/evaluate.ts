import { ToolError } from '@ml-platform/packaging';
import {
  type EvaluationCheck,
  type EvaluationReport,
  type ModelFile,
  type Suite,
} from '@ml-platform/plugin-ml-common';
import { type Baseline, checkComparisons } from './run/checkComparisons';
import { checkGolden } from './run/checkGolden';
import { checkMetrics, checkSlices } from './run/checkMetrics';
import { makePlots } from './run/makePlots';
import { type ScannedDataset, scanDataset } from './run/scanDataset';
import { readModel } from './suite/readModel';
import { summaryOf } from './summaryOf';
import { readSuite } from './suite/readSuite';
import { findServer } from './worker/findServer';
import { Predictor } from './worker/Predictor';
import { startWorker } from './worker/startWorker';

/** @public */
export interface EvaluateOptions {
  /** Folder of the package. */
  directory: string;
  /** The version in production, or why there is none to compare with. */
  baseline: { directory: string; version: string } | { reason: string };
  /** Keeps Python environments between evaluations. */
  dataDir: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Told what is done now. */
  tell?: (what: string) => void;
}

/**
 * Runs the suite of a package against the packaged model, in the worker that
 * would serve it.
 * @throws ToolError when the suite cannot be run to its end; a model that misses it is a report
 * @public
 */
export async function evaluate(
  options: EvaluateOptions,
): Promise<EvaluationReport> {
  const { baseline, directory, env, tell = () => {} } = options;
  const startedAt = new Date().toISOString();
  const { digest, path, suite } = await readSuite(directory);
  const model = await readModel(directory);
  tell(`Start ${model.name}@${model.version} in its worker`);
  const { checks, datasets } = await withModel(
    options,
    directory,
    async predictor => {
      const found = await scanAll(suite, { ...options, model, predictor });
      const scanned = { suite, datasets: found };
      tell('Compute the metrics');
      const done: EvaluationCheck[] = [
        ...(await checkMetrics(scanned, { directory, env })),
        ...checkSlices(scanned),
      ];
      for (const golden of suite.golden) {
        done.push(await checkGolden(golden, { directory, predictor }));
      }
      for (const { rowChecks } of found.values()) {
        done.push(...rowChecks.map(check => check.finish()));
      }
      return { checks: done, datasets: found };
    },
  );
  const compared = await scanBaseline(suite, options);
  checks.push(...checkComparisons({ suite, datasets }, compared));
  return {
    apiVersion: 'ml.internal/v1alpha1',
    kind: 'EvaluationReport',
    model: model.name,
    version: model.version,
    ...summaryOf(checks),
    suite: { path, digest },
    ...('version' in baseline && {
      baseline: { version: baseline.version },
    }),
    startedAt,
    finishedAt: new Date().toISOString(),
    datasets: [...datasets.values()].map(each => ({
      ...{ name: each.dataset.name, path: each.dataset.path },
      ...{ digest: each.digest, rows: each.rows },
    })),
    checks,
    plots: [...datasets.values()].map(each => makePlots(each, suite)),
  };
}

async function withModel<T>(
  { dataDir, env, signal }: EvaluateOptions,
  directory: string,
  work: (predictor: Predictor) => Promise<T>,
): Promise<T> {
  const model = await readModel(directory);
  const running = await startWorker({
    ...{ server: findServer(env), directory, dataDir, env, signal },
  });
  try {
    return await work(
      new Predictor({ model: running, interface: model.interface, signal }),
    );
  } finally {
    await running.stop();
  }
}

async function scanAll(
  suite: Suite,
  options: EvaluateOptions & { model: ModelFile; predictor: Predictor },
): Promise<Map<string, ScannedDataset>> {
  const { directory, model, predictor, tell = () => {} } = options;
  const found = new Map<string, ScannedDataset>();
  for (const dataset of suite.datasets) {
    tell(`Predict for ${dataset.path}`);
    found.set(
      dataset.name,
      await scanDataset({
        ...{ directory, suite, dataset, predictor },
        interface: model.interface,
      }),
    );
  }
  return found;
}

/** The same rows through the version in production. */
async function scanBaseline(
  suite: Suite,
  options: EvaluateOptions,
): Promise<Baseline> {
  const { baseline, tell = () => {} } = options;
  if ('reason' in baseline) return baseline;
  if (!suite.comparisons.length) return { reason: 'nothing is compared' };
  const { directory, version } = baseline;
  const model = await readModel(directory);
  const names = suite.comparisons.map(
    ({ metric: name }) =>
      suite.metrics.find(metric => metric.name === name)!.dataset,
  );
  const compared: Suite = {
    ...suite,
    datasets: suite.datasets.filter(({ name }) => names.includes(name)),
    metrics: suite.metrics.filter(({ type }) => type !== 'latency'),
    ...{ slices: [], invariance: [], ranges: [] },
  };
  tell(`Start ${model.name}@${version}, which is in production`);
  try {
    const datasets = await withModel(options, directory, predictor =>
      scanAll(compared, {
        ...{ ...options, model, predictor },
        // The rows are those of the package that is evaluated.
        directory: options.directory,
      }),
    );
    return { version, datasets };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return {
      reason: `${version}, which is in production, cannot be asked the same: ${error.message}`,
    };
  }
}
