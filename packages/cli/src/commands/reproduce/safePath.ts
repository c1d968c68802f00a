import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Whether a path stays in the folder that it is relative to. */
export function isInside(path: string): boolean {
  return (
    path !== '' &&
    !path.startsWith('/') &&
    !/[\\\0]/.test(path) &&
    path.split('/').every(part => part !== '..')
  );
}

/**
 * A file below a folder, with links followed; undefined where there is none or
 * where it lies elsewhere, as behind a link in a repository it may.
 */
export async function findInside(
  folder: string,
  path: string,
): Promise<string | undefined> {
  if (!isInside(path)) return undefined;
  try {
    const root = await realpath(folder);
    const found = await realpath(join(root, path));
    return found === root || found.startsWith(root + sep) ? found : undefined;
  } catch {
    return undefined;
  }
}
