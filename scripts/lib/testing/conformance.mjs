import path from 'node:path';
import { root } from '../paths.mjs';
import { runBackstageTests } from './jest.mjs';

export const CONFORMANCE_TEST = 'src/artifacts/tests/conformance.test.ts';

/**
 * The artifact store, as a process, under the official suite of the OCI
 * distribution specification. One test a feature of the specification.
 */
export async function runConformanceTests(context) {
  return runBackstageTests(context, {
    command: ['package', 'test'],
    args: ['--ci', CONFORMANCE_TEST],
    cwd: path.join(root, 'plugins/ml-backend'),
    env: {
      ML_TEST_WEED: context.found.weed,
      ML_TEST_OCI_CONFORMANCE: context.found['oci-conformance'],
      ML_TEST_OCI_REPORTS: path.join(context.resultsDir, 'oci-conformance'),
    },
  });
}
