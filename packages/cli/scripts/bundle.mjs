import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** Root of the repository. */
export const root = path.resolve(packageRoot, '../..');

/** Loads TypeScript from this package: what the given code exports. */
export async function load(contents) {
  const folder = await mkdtemp(path.join(tmpdir(), 'ml-docs-'));
  try {
    const outfile = path.join(folder, 'bundle.cjs');
    await build({
      stdin: { contents, resolveDir: packageRoot, loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    await rm(folder, { recursive: true });
  }
}
