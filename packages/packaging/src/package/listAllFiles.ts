import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ToolError } from '../errors/ToolError';
import type { SourceFile } from './collectFiles';

/**
 * Lists every file of a directory, also those that no package would take, save
 * what lies under the ignored paths: whoever checks a signature must not overlook any.
 */
export async function listAllFiles(
  directory: string,
  ignoredPaths: readonly string[],
): Promise<SourceFile[]> {
  const root = await realpath(directory);
  const ignored = new Set(ignoredPaths);
  const files: SourceFile[] = [];
  await walk(root);
  return files;

  async function walk(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const absolutePath = join(folder, entry.name);
      const path = relative(root, absolutePath).split(sep).join('/');
      if (ignored.has(path)) continue;
      if (entry.isDirectory()) {
        await walk(absolutePath);
        continue;
      }
      const target = entry.isSymbolicLink()
        ? await realpath(absolutePath).catch(() => '')
        : absolutePath;
      const found = target.startsWith(root + sep) && (await stat(target));
      if (!found || !found.isFile()) {
        throw new ToolError({
          code: 'FILE_UNUSABLE',
          message: `${path} is not a file inside of ${directory}, so nothing can be said of it`,
          hint: 'Remove it, then run the command again.',
        });
      }
      files.push({ path, absolutePath: target, size: found.size });
    }
  }
}
