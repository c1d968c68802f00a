import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { PullRefusedError } from './errors';

/**
 * Blobs on disk under their SHA-256. A blob appears only when whole and
 * checked, so what is there can be used without a look.
 *
 * Who needs a blob holds a claim on it; {@link BlobCache.removeUnclaimed}
 * leaves those alone. Claims live in memory: they are made again at start.
 */
export class BlobCache {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #claims = new Map<string, number>();
  readonly #fetching = new Map<string, Promise<void>>();

  constructor(folder: string) {
    this.#folder = join(folder, 'sha256');
    this.#temporary = join(folder, 'tmp');
  }

  /** Makes the folders and clears what a killed server left half written. */
  open(): void {
    mkdirSync(this.#folder, { recursive: true });
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary);
  }

  pathOf(digest: string): string {
    return join(this.#folder, digest.slice('sha256:'.length));
  }

  claim(digest: string): void {
    this.#claims.set(digest, (this.#claims.get(digest) ?? 0) + 1);
  }

  release(digest: string): void {
    const left = (this.#claims.get(digest) ?? 0) - 1;
    if (left > 0) this.#claims.set(digest, left);
    else this.#claims.delete(digest);
  }

  /** Makes sure that a claimed blob is there; fetches it once, however many ask. */
  async ensure(
    digest: string,
    fetchBlob: () => Promise<Readable>,
  ): Promise<string> {
    const path = this.pathOf(digest);
    if (await exists(path)) return path;
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

  /** Removes the blobs that nobody claims; returns how many. */
  async removeUnclaimed(): Promise<number> {
    const names = readdirSync(this.#folder).filter(
      name => !this.#claims.has(`sha256:${name}`),
    );
    // Renaming in one go, so that no claim comes between the look and the removal.
    const aside = names.map(name => {
      const path = join(this.#temporary, `${randomUUID()}.removed`);
      renameSync(join(this.#folder, name), path);
      return path;
    });
    await Promise.all(aside.map(path => rm(path, { force: true })));
    return names.length;
  }

  async #store(
    digest: string,
    path: string,
    fetchBlob: () => Promise<Readable>,
  ): Promise<void> {
    const temporary = join(this.#temporary, randomUUID());
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

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
