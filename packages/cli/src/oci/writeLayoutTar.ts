import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeTar, withFolders } from '../tar/writeTar';
import { layoutBlobs } from '@ml-platform/packaging';
import { removeAtExit } from './removeAtExit';
import { blobPath, layoutFiles, type WriteLayoutOptions } from './layoutFiles';
import { verified } from './verified';

/** Writes content as an image layout in one tar file, which is whole or absent. */
export async function writeLayoutTar(
  options: WriteLayoutOptions,
): Promise<void> {
  const { content, tag, onBytes } = options;
  const target = resolve(options.target);
  const draft = `${target}.${process.pid}.tmp`;
  const entries = withFolders([
    ...layoutFiles(content, tag).map(({ path, bytes }) => ({
      path,
      type: 'file' as const,
      mode: 0o644,
      size: bytes.length,
      read: () => [bytes],
    })),
    ...layoutBlobs(content).map(blob => ({
      path: blobPath(blob.digest),
      type: 'file' as const,
      mode: 0o644,
      size: blob.size,
      read: () => verified(blob, onBytes),
    })),
  ]);
  const keep = removeAtExit(draft);
  try {
    await mkdir(dirname(target), { recursive: true });
    await pipeline(
      Readable.from(writeTar(entries), { objectMode: false }),
      createWriteStream(draft, { flush: true }),
    );
    await rename(draft, target);
  } finally {
    keep();
    await rm(draft, { force: true });
  }
}
