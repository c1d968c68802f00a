// Modules of the packages are TypeScript: bundled, Node can load them.
import { build } from 'esbuild';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/lib/paths.mjs';

/** What the modules of a folder, given by its path in the checkout, export. */
export async function loadTypeScript(folder, modules) {
  const outfile = join(
    root,
    '.cache/benchmarks',
    `${folder.replaceAll('/', '-')}.cjs`,
  );
  await build({
    stdin: {
      contents: modules.map(name => `export * from './${name}';`).join('\n'),
      resolveDir: join(root, folder),
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile));
}
