import { root } from '../paths.mjs';
import { runStep } from '../run.mjs';
import { runConformanceTests } from './conformance.mjs';
import { runE2eTests } from './e2e.mjs';
import { runBrowserTests } from './browser.mjs';
import { buildDocs } from './docs.mjs';
import { runJest } from './jest.mjs';
import { runScriptTests } from './scripts.mjs';

/**
 * What `npm test` does, in order. A step that counts tests returns
 * `{ passed, failed, skipped }`; any other counts as one.
 */
export const STEPS = [
  {
    name: 'format',
    title: 'Formatting (prettier)',
    run: yarn('prettier:check'),
  },
  { name: 'lint', title: 'Lint', run: yarn('lint') },
  { name: 'types', title: 'Types (tsc)', run: yarn('tsc') },
  {
    name: 'api',
    title: 'API reports are up to date',
    run: yarn('api-reports', '--ci'),
  },
  {
    name: 'scripts',
    title: 'Tests of the start and test scripts',
    run: runScriptTests,
  },
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
  {
    name: 'conformance',
    title: 'OCI distribution: the official conformance suite',
    run: runConformanceTests,
    needs: ['oci-conformance', 'weed'],
  },
  { name: 'docs', title: 'Documentation (mkdocs --strict)', run: buildDocs },
  {
    name: 'e2e',
    title: 'Platform tests (real processes)',
    run: runE2eTests,
    needs: ['skopeo'],
  },
  {
    name: 'browser',
    title: 'Browser tests',
    run: runBrowserTests,
    needs: ['browser'],
  },
];

function yarn(...args) {
  return async ({ toolchain, title, logFile, secrets }) => {
    const [command, ...yarnArgs] = toolchain.yarn;
    await runStep({
      title,
      command,
      args: [...yarnArgs, 'run', ...args],
      cwd: root,
      env: { ...toolchain.env, ...secrets, CI: 'true' },
      logFile,
      show: 'progress',
    });
  };
}
