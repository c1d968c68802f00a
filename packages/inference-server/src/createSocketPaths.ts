import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Unix socket's path has 103 bytes at most on macOS, 107 on Linux; a name in the folder needs some. */
const MAX_FOLDER_BYTES = 90;

/**
 * A folder for the workers' sockets that only this user can enter: in the data
 * folder, or among the temporary files when that path is too long or cannot be
 * made. Clears what
 * a killed server left, so call it only when no other can be running, or keep what
 * belongs to others.
 */
export function createSocketPaths(
  dataDir: string,
  options: { keepOthers?: boolean } = {},
): {
  /** A fresh path. */
  next(): string;
  remove(): void;
} {
  if (process.platform === 'win32') {
    return { next: () => `\\\\.\\pipe\\ml-${randomUUID()}`, remove() {} };
  }
  const { keepOthers = false } = options;
  const folder = createFolder(join(dataDir, 'run'), keepOthers);
  let count = 0;
  return {
    next() {
      count += 1;
      return join(folder, `${count}.sock`);
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createFolder(all: string, keepOthers: boolean): string {
  const wanted = join(all, String(process.pid));
  const elsewhere = () => mkdtempSync(join(tmpdir(), 'ml-inference-'));
  if (Buffer.byteLength(wanted) > MAX_FOLDER_BYTES) return elsewhere();
  try {
    if (!keepOthers) rmSync(all, { recursive: true, force: true });
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    return wanted;
  } catch {
    return elsewhere();
  }
}
