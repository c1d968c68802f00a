import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DigestFolder } from './DigestFolder';
import { PullRefusedError } from './errors';

/**
 * Blobs on disk under their SHA-256. A blob appears only when whole and
 * checked, so what is there can be used without a look.
 */
export class BlobCache extends DigestFolder {
  readonly #fetching = new Map<string, Promise<void>>();

  /** Makes sure that a claimed blob is there; fetches it once, however many ask. */
  async ensure(
    digest: string,
    fetchBlob: () => Promise<Readable>,
  ): Promise<string> {
    const path = this.pathOf(digest);
    if (await this.has(digest)) return path;
    let fetching = this.#fetching.get(digest);
    if (!fetching) {
      fetching = this.#store(digest, path, fetchBlob).finally(() =>
        this.#fetching.delete(digest),
      );
      this.#fetching.set(digest, fetching);
    }
    await fetching;
    return path;
  }

  async #store(
    digest: string,
    path: string,
    fetchBlob: () => Promise<Readable>,
  ): Promise<void> {
    const temporary = this.temporaryPath();
    try {
      const real = await writeHashed(temporary, await fetchBlob());
      if (real !== digest) {
        throw new PullRefusedError(
          `the registry sent bytes with digest ${real} for ${digest}; push the package again`,
        );
      }
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

async function writeHashed(path: string, source: Readable): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
  } finally {
    source.destroy();
    await file.close();
  }
  return `sha256:${hash.digest('hex')}`;
}
