import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file: after a crash there is the old content or the new. */
export async function writeSynced(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await renameSynced(temporary, path);
}

/** Renames so that it is still so after a power cut. */
export async function renameSynced(from: string, to: string): Promise<void> {
  await rename(from, to);
  const folder = await open(dirname(to), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
