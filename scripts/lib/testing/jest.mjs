import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, stampsDir } from '../paths.mjs';
import { runStep } from '../run.mjs';
import { CONFORMANCE_TEST } from './conformance.mjs';
import { withPostgres } from './postgres.mjs';

/** The tests of all workspaces, on SQLite and on a real PostgreSQL. */
export async function runJest(context) {
  return withPostgres(context, connection =>
    runBackstageTests(context, {
      command: ['repo', 'test'],
      args: [
        // Half of the time these tests wait, for PostgreSQL and for processes,
        // so there are more of them at once than processors.
        ...['--ci', '--maxWorkers=3'],
        // A busy machine is no reason to fail.
        '--testTimeout=30000',
        // A step of its own; see conformance.mjs.
        ...['--testPathIgnorePatterns', '/node_modules/', CONFORMANCE_TEST],
      ],
      cwd: root,
      env: {
        BACKSTAGE_TEST_DISABLE_DOCKER: '1',
        ML_TEST_MODEL_SIGNING: context.found['model-signing'],
        ML_TEST_TRITONCLIENT: context.found.tritonclient,
        ML_TEST_WEED: context.found.weed,
        BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING: connection,
      },
    }),
  );
}

/** Runs `backstage-cli … test` and counts from Jest's own report. */
export async function runBackstageTests(context, { command, args, cwd, env }) {
  const { toolchain, title, logFile, resultsDir, name } = context;
  const report = path.join(resultsDir, `${name}.json`);
  rmSync(report, { force: true });
  const failure = await runStep({
    title,
    label: name,
    command: toolchain.node,
    args: [
      path.join(root, 'node_modules/@backstage/cli/bin/backstage-cli'),
      ...command,
      '--watchAll=false',
      '--json',
      `--outputFile=${report}`,
      ...args,
    ],
    cwd,
    env: {
      ...toolchain.env,
      ...env,
      CI: 'true',
      // By the set-up; files that other tests use are not written meanwhile.
      ML_TEST_BUNDLES: 'built',
      NODE_COMPILE_CACHE: path.join(stampsDir, 'compile-cache'),
      // Of the Python packages that tests install, each imports a few only.
      PIP_COMPILE: '0',
    },
    logFile,
    show: 'progress',
  }).catch(error => error);

  const counts = readCounts(report);
  if (!counts) throw failure ?? new Error('Jest wrote no report.');
  // An exit code that the counts do not explain is a failure of its own.
  if (failure && counts.failed === 0) counts.failed = 1;
  return { ...counts, error: failure };
}

function readCounts(file) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return undefined;
  }
}
