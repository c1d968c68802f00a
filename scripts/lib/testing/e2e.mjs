import path from 'node:path';
import { root } from '../paths.mjs';
import { runBackstageTests } from './jest.mjs';

/** `packages/e2e`: each test file starts a platform of its own. */
export async function runE2eTests(context) {
  return runBackstageTests(context, {
    command: ['package', 'test'],
    args: ['--runInBand', '--ci'],
    cwd: path.join(root, 'packages/e2e'),
    env: { ML_E2E_SKOPEO: context.found.skopeo },
  });
}
