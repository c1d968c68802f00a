import { stat } from 'node:fs/promises';

/** Whether the path is that of a directory. */
export async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}
