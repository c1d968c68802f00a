import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The worker's bundle: beside the server's own, or in `dist` when run from source. */
export function findWorker(): string {
  const places = ['worker.cjs', '../dist/worker.cjs'];
  const found = places
    // Not a package's asset: the place differs between bundle and source.
    // eslint-disable-next-line no-restricted-syntax
    .map(place => resolve(__dirname, place))
    .find(path => existsSync(path));
  if (found) return found;
  throw new Error(
    'the worker is not built; run: yarn workspace @ml-platform/inference-server build',
  );
}
