// Bundles the server and its worker: two files that need only Node and onnxruntime-node.
// `node build.mjs [folder]`; into dist when none is given.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

await build({
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: {
    server: 'src/main.ts',
    worker: 'src/worker/main.ts',
    index: 'src/index.ts',
  },
  outdir: process.argv[2] ?? 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['onnxruntime-node'],
  sourcemap: true,
  logLevel: 'warning',
});
