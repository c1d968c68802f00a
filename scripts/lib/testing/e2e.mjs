import path from 'node:path';
import { root } from '../paths.mjs';
import { runBackstageTests } from './jest.mjs';

/**
 * `packages/e2e`: each test file starts a platform of its own. Much of the time
 * a platform waits, for traffic or to be started again, so two run at once.
 */
export async function runE2eTests(context) {
  return runBackstageTests(context, {
    command: ['package', 'test'],
    args: ['--maxWorkers=2', '--ci'],
    cwd: path.join(root, 'packages/e2e'),
    env: { ML_E2E_SKOPEO: context.found.skopeo },
  });
}
