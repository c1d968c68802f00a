import { root } from '../paths.mjs';
import { runStep } from '../run.mjs';
import { runConformanceTests } from './conformance.mjs';
import { runE2eTests } from './e2e.mjs';
import { runBrowserTests } from './browser.mjs';
import { buildDocs } from './docs.mjs';
import { runJest } from './jest.mjs';
import { runScriptTests } from './scripts.mjs';

/**
 * What `npm test` does: stages, one after the other. The lanes of a stage run
 * at the same time, the steps of a lane one after the other. Only steps that
 * keep less than one processor busy have another lane beside them, so that no
 * test is short of time on a machine with two.
 *
 * A step that counts tests returns `{ passed, failed, skipped }`; any other
 * counts as one.
 */
export const STAGES = [
  [
    [
      {
        name: 'format',
        title: 'Formatting (prettier)',
        run: yarn('prettier:check'),
      },
      {
        name: 'docs',
        title: 'Documentation (mkdocs --strict)',
        run: buildDocs,
      },
      {
        name: 'scripts',
        title: 'Tests of the start and test scripts',
        run: runScriptTests,
      },
    ],
    [
      { name: 'types', title: 'Types (tsc)', run: yarn('tsc') },
      {
        name: 'api',
        // It reads what the step before has written.
        title: 'API reports are up to date',
        run: yarn('api-reports', '--ci'),
      },
      { name: 'lint', title: 'Lint', run: yarn('lint') },
    ],
  ],
  [
    [
      {
        name: 'jest',
        title: 'Unit and integration tests (SQLite and PostgreSQL)',
        run: runJest,
        needs: [
          'skopeo',
          'docker-registry',
          'tritonclient',
          'model-signing',
          'weed',
          'promtool',
          'openssl',
        ],
      },
    ],
  ],
  [
    [
      {
        name: 'e2e',
        title: 'Platform tests (real processes)',
        run: runE2eTests,
        needs: ['skopeo'],
      },
    ],
    [
      {
        name: 'conformance',
        title: 'OCI distribution: the official conformance suite',
        run: runConformanceTests,
        needs: ['oci-conformance', 'weed'],
      },
    ],
  ],
  [
    [
      {
        name: 'browser',
        title: 'Browser tests',
        run: runBrowserTests,
        needs: ['browser'],
      },
    ],
  ],
];

export const STEPS = STAGES.flat(2);

function yarn(...args) {
  return async ({ toolchain, title, name, logFile, secrets }) => {
    const [command, ...yarnArgs] = toolchain.yarn;
    await runStep({
      title,
      label: name,
      command,
      args: [...yarnArgs, 'run', ...args],
      cwd: root,
      env: { ...toolchain.env, ...secrets, CI: 'true' },
      logFile,
      show: 'progress',
    });
  };
}
