import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ToolError } from '../errors/ToolError';
import type { SourceFile } from './collectFiles';

/** A file with its digest, and what tells that it has changed since. */
export interface HashedFile extends SourceFile {
  /** `sha256:…` */
  digest: string;
  stamp: string;
}

/** Digest of bytes in memory. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Streams a file through SHA-256. */
export async function hashFile(
  file: SourceFile,
  onBytes: (count: number) => void = () => {},
): Promise<HashedFile> {
  const hash = createHash('sha256');
  const stamp = await stampOf(file.absolutePath);
  let size = 0;
  const stream = createReadStream(file.absolutePath, {
    highWaterMark: 1024 * 1024,
  });
  for await (const chunk of stream) {
    hash.update(chunk);
    size += chunk.length;
    onBytes(chunk.length);
  }
  const hashed = {
    ...file,
    size,
    digest: `sha256:${hash.digest('hex')}`,
    stamp,
  };
  await expectUnchanged(hashed);
  return hashed;
}

/** Fails when the file was written to since it was hashed. */
export async function expectUnchanged(file: HashedFile): Promise<void> {
  if ((await stampOf(file.absolutePath)) === file.stamp) return;
  throw new ToolError({
    code: 'FILE_CHANGED',
    message: `${file.path} was changed while it was being packaged`,
    hint: 'Let the program that writes it finish, then run the command again.',
  });
}

async function stampOf(path: string): Promise<string> {
  try {
    const { size, mtimeNs, ino } = await stat(path, { bigint: true });
    return `${size}-${mtimeNs}-${ino}`;
  } catch {
    return 'gone';
  }
}
