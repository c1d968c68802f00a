import { createReadStream, createWriteStream } from 'node:fs';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliError } from '../errors/CliError';
import { ExitCode } from '../errors/ExitCode';
import {
  type Blob,
  expectReplaceable,
  layoutBlobs,
} from '@ml-platform/packaging';
import { blobPath, layoutFiles, type WriteLayoutOptions } from './layoutFiles';
import { isRunning } from './isRunning';
import { digestMismatch } from './verified';

/**
 * Writes content as an image layout in a folder, which is whole or absent.
 *
 * @remarks
 * It is made in `<target>.partial`. Broken off, that folder stays: the next run
 * takes what is whole as it is, and goes on in the middle of the rest.
 */
export async function writeLayoutFolder(
  options: WriteLayoutOptions,
): Promise<void> {
  const { content, tag, onBytes } = options;
  const target = resolve(options.target);
  await expectReplaceable(target, options.target, '--layout or --image');
  const draft = `${target}.partial`;
  await mkdir(join(draft, 'blobs/sha256'), { recursive: true });
  const unlock = await lock(draft);
  try {
    const blobs = layoutBlobs(content);
    for (const blob of blobs) await storeBlob(draft, blob, onBytes);
    await removeOthers(draft, blobs);
    for (const { path, bytes } of layoutFiles(content, tag)) {
      await writeFile(join(draft, path), bytes);
    }
  } finally {
    await unlock();
  }
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}

/** Stores a blob under its digest once it is whole and checked. */
async function storeBlob(
  draft: string,
  blob: Blob,
  onBytes: (count: number) => void,
): Promise<void> {
  const path = join(draft, blobPath(blob.digest));
  const there = await stat(path).catch(() => undefined);
  if (there?.size === blob.size) {
    onBytes(blob.size);
    return;
  }
  const part = `${path}.part`;
  const hash = createHash('sha256');
  const start = await hashPart(part, blob.size, hash);
  onBytes(start);
  if (start < blob.size || blob.size === 0) {
    const receive = async function* receive() {
      for await (const chunk of blob.read(start) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        onBytes(chunk.length);
        yield chunk;
      }
    };
    await pipeline(
      Readable.from(receive(), { objectMode: false }),
      createWriteStream(part, { flags: 'a', flush: true }),
    );
  }
  if (`sha256:${hash.digest('hex')}` !== blob.digest) {
    await rm(part, { force: true });
    await blob.explain?.();
    throw digestMismatch(blob.name);
  }
  await rename(part, path);
}

/** Hashes what an earlier run has received; gives how much that is. */
async function hashPart(
  part: string,
  size: number,
  hash: ReturnType<typeof createHash>,
): Promise<number> {
  const there = await stat(part).catch(() => undefined);
  if (!there?.size) return 0;
  if (there.size > size) {
    await rm(part);
    return 0;
  }
  for await (const chunk of createReadStream(part)) hash.update(chunk);
  return there.size;
}

/** An earlier run may have been about another version. */
async function removeOthers(draft: string, blobs: readonly Blob[]) {
  const folder = join(draft, 'blobs/sha256');
  const kept = new Set(blobs.map(({ digest }) => digest.split(':')[1]));
  for (const name of await readdir(folder)) {
    if (!kept.has(name)) await rm(join(folder, name), { force: true });
  }
}

/** Keeps a second `ml` out of the same folder. */
async function lock(draft: string): Promise<() => Promise<void>> {
  const file = join(draft, 'lock');
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(await readFile(file, 'utf8').catch(() => ''));
      if (attempt > 0 || (owner !== process.pid && isRunning(owner))) {
        throw new CliError({
          code: 'EXPORT_UNDER_WAY',
          exitCode: ExitCode.conflict,
          message: `Another ml export writes to ${dirname(
            file,
          )} (process ${owner})`,
          hint: 'Wait for it, or name another place.',
        });
      }
      await rm(file, { force: true });
    }
  }
}
