import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import prettier from 'prettier';
import { root } from './bundle.mjs';

/**
 * Writes generated files; with `--check` only says which are not fresh.
 * @param {Record<string, string>} files content by path in the repository
 */
export async function writeOrCheck(files) {
  const stale = [];
  for (const [name, raw] of Object.entries(files)) {
    const file = path.join(root, name);
    const options = await prettier.resolveConfig(file);
    const content = prettier.format(raw, { ...options, filepath: file });
    const current = await readFile(file, 'utf8').catch(() => undefined);
    if (current === content) continue;
    stale.push(name);
    if (!process.argv.includes('--check')) {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
  if (!process.argv.includes('--check')) {
    console.log(stale.length ? `Wrote ${stale.join(', ')}` : 'All fresh');
  } else if (stale.length) {
    console.error(
      `Not fresh: ${stale.join(', ')}. Run: node ${path.relative(
        root,
        process.argv[1],
      )}`,
    );
    process.exitCode = 1;
  }
}
