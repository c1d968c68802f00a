import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange } from '@ml-platform/plugin-ml-node';
import { DIGEST_ALGORITHMS, isDigest, splitDigest } from '../digests';
import {
  type ArtifactDirectory,
  isMissing,
  syncDirectoryOf,
} from './ArtifactDirectory';
import type { BlobCondition, BlobFile, BlobStorage } from './BlobStorage';
import { checkedAgainst } from './DigestCheck';
import { hashFile } from './hashFile';

const READ_BYTES = 256 * 1024;

/** Committed blobs as files on disk. */
export class BlobFiles implements BlobStorage {
  readonly #directory: ArtifactDirectory;

  constructor(options: { directory: ArtifactDirectory }) {
    this.#directory = options.directory;
  }

  async size(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.#directory.blob(digest))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Moves a complete, verified and synced file to its place. One that is there
   * already is replaced, which repairs it if it had rotted.
   */
  async adopt(path: string, digest: string): Promise<void> {
    const target = this.#directory.blob(digest);
    await mkdir(dirname(target), { recursive: true });
    await rename(path, target);
    await syncDirectoryOf(target);
    await syncDirectoryOf(dirname(target));
  }

  async open(
    digest: string,
    options: { range?: ByteRange; onCorrupted: (error: Error) => void },
  ): Promise<Readable | undefined> {
    let file;
    try {
      file = await open(this.#directory.blob(digest), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const bytes = createReadStream('', {
      fd: file,
      highWaterMark: READ_BYTES,
      ...options.range,
    });
    return options.range
      ? bytes
      : checkedAgainst(digest, bytes, options.onCorrupted);
  }

  /** One folder at a time. */
  async *list(): AsyncGenerator<BlobFile[]> {
    for (const algorithm of DIGEST_ALGORITHMS) {
      const folder = join(this.#directory.blobs, algorithm);
      for (const prefix of await readdir(folder)) {
        const names = await readdir(join(folder, prefix));
        const files = names
          .map(name => `${algorithm}:${name}`)
          .filter(isDigest)
          .map(digest => this.#describe(digest));
        yield (await Promise.all(files)).filter(file => file !== undefined);
      }
    }
  }

  /** Readers that have the file open read on to its end. */
  async remove(digest: string): Promise<void> {
    await rm(this.#directory.blob(digest), { force: true });
  }

  async verify(digest: string): Promise<BlobCondition> {
    try {
      const { algorithm } = splitDigest(digest);
      const found = await hashFile(this.#directory.blob(digest), algorithm);
      return found === digest ? 'intact' : 'corrupted';
    } catch (error) {
      if (isMissing(error)) return 'missing';
      throw error;
    }
  }

  async quarantine(digest: string): Promise<string | undefined> {
    const target = join(
      this.#directory.quarantine,
      `${splitDigest(digest).hex}-${Date.now()}`,
    );
    try {
      await rename(this.#directory.blob(digest), target);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    await syncDirectoryOf(this.#directory.blob(digest));
    return target;
  }

  async #describe(digest: string): Promise<BlobFile | undefined> {
    try {
      const { size, mtime } = await stat(this.#directory.blob(digest));
      return { digest, size, modifiedAt: mtime };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
