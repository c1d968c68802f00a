import {
  type EvaluationReport,
  PACKAGE_FILES,
  type Version,
} from '@ml-platform/plugin-ml-common';

/** Seed of the key that platforms of tests sign evaluations with. */
export const EVALUATION_KEY = Buffer.alloc(32, 7).toString('base64url');

/** The report of an evaluation that everything passed, for tests of other things. */
export function passedReport({
  files,
  model,
  version,
}: Version): EvaluationReport {
  const suite = files.find(({ path }) => path === PACKAGE_FILES.suite)!;
  const now = new Date().toISOString();
  return {
    apiVersion: 'ml.internal/v1alpha1',
    kind: 'EvaluationReport',
    ...{ model, version, verdict: 'passed' },
    summary: 'All 1 checks passed',
    suite: { path: suite.path, digest: suite.digest },
    ...{ startedAt: now, finishedAt: now, datasets: [], plots: [] },
    checks: [
      {
        ...{ kind: 'metric', name: 'accuracy', verdict: 'passed' },
        ...{ value: 0.9, threshold: { min: 0.8 }, message: 'accuracy is 0.9' },
      },
    ],
  };
}
