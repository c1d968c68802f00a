import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Bundles `ml` into one file; `node build.mjs [file [entry]]`. */
const outfile = path.resolve(process.argv[2] ?? path.join(here, 'dist/ml.cjs'));
const entry = path.resolve(process.argv[3] ?? path.join(here, 'src/bin.ts'));

/** A dependency of a dependency carries a `fetch` for old Nodes, half a megabyte of it. */
const ownFetch = {
  name: 'own-fetch',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^cross-fetch$/ }, () => ({
      path: 'fetch',
      namespace: 'own-fetch',
    }));
    onLoad({ filter: /.*/, namespace: 'own-fetch' }, () => ({
      contents: 'export default globalThis.fetch;',
    }));
  },
};

await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.12',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  logLevel: 'warning',
  absWorkingDir: here,
  plugins: [ownFetch],
});
chmodSync(outfile, 0o755);
