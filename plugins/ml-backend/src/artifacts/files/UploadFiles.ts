import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CANONICAL, type DigestAlgorithm, DigestHash } from '../digests';
import { OciError } from '../OciError';
import { tooLarge } from '../tooLarge';
import {
  type ArtifactDirectory,
  isMissing,
  syncDirectoryOf,
} from './ArtifactDirectory';
import { type DiskSpace, isDiskFull } from './DiskSpace';
import { hashFile } from './hashFile';

const SPACE_CHECK_BYTES = 8 * 1024 * 1024;

interface RunningHash {
  hash: DigestHash;
  /** Bytes of the file that went into the hash. */
  offset: number;
}

/**
 * Files of uploads under way. The file is the truth: its size is the offset at
 * which the upload goes on, whatever broke the upload off. Nothing is held in
 * memory but the hash of the bytes so far, which a restart makes anew from the
 * file. Callers see to it that one upload is written by one request at a time.
 */
export class UploadFiles {
  readonly #directory: ArtifactDirectory;
  readonly #space: DiskSpace;
  readonly #hashes = new Map<string, RunningHash>();

  constructor(options: { directory: ArtifactDirectory; space: DiskSpace }) {
    this.#directory = options.directory;
    this.#space = options.space;
  }

  path(id: string): string {
    return this.#directory.upload(id);
  }

  async create(id: string): Promise<void> {
    try {
      await (await open(this.path(id), 'wx')).close();
      await syncDirectoryOf(this.path(id));
    } catch (error) {
      if (isDiskFull(error)) throw await this.#space.fullError(error);
      throw error;
    }
  }

  /** Bytes so far; undefined when there is no file. */
  async size(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(id))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /**
   * Appends what the source gives and makes it durable before it returns. When
   * the source breaks off, the bytes that came until then stay.
   * @returns the size of the file
   */
  async append(
    id: string,
    source: Readable,
    options: { repository: string; maxSize: number; expectedBytes?: number },
  ): Promise<number> {
    const { maxSize, expectedBytes, repository } = options;
    const file = await open(this.path(id), 'r+');
    try {
      const start = (await file.stat()).size;
      await this.#space.require(expectedBytes ?? 0);
      const running = this.#takeHash(id, start);
      const end = await this.#copy(source, file, {
        start,
        maxSize,
        repository,
        maxBytes: expectedBytes ?? Infinity,
        running,
      });
      if (running) this.#hashes.set(id, { hash: running, offset: end.offset });
      try {
        await file.datasync();
      } catch (error) {
        // The bytes may never have reached the disk: do not build on them.
        this.#hashes.delete(id);
        await file.truncate(start);
        throw error;
      }
      if (end.error) throw end.error;
      return end.offset;
    } catch (error) {
      if (isDiskFull(error)) throw await this.#space.fullError(error);
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Digest of all bytes so far. */
  async digest(id: string, algorithm: DigestAlgorithm): Promise<string> {
    const running = this.#hashes.get(id);
    const size = await this.size(id);
    return running &&
      running.offset === size &&
      running.hash.algorithm === algorithm
      ? running.hash.digest()
      : hashFile(this.path(id), algorithm);
  }

  async remove(id: string): Promise<void> {
    this.forget(id);
    await rm(this.path(id), { force: true });
  }

  /** Drops what is in memory; the file has gone elsewhere. */
  forget(id: string): void {
    this.#hashes.delete(id);
  }

  /** Names of the files that nobody has written to since the given time. */
  async listUntouched(since: Date): Promise<string[]> {
    const untouched = [];
    for (const id of await readdir(this.#directory.uploads)) {
      const modified = await this.lastModified(id);
      if (modified && modified < since) untouched.push(id);
    }
    return untouched;
  }

  async lastModified(id: string): Promise<Date | undefined> {
    try {
      return (await stat(this.path(id))).mtime;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #takeHash(id: string, start: number): DigestHash | undefined {
    const running = this.#hashes.get(id);
    this.#hashes.delete(id);
    if (running?.offset === start) return running.hash;
    return start === 0 ? new DigestHash(CANONICAL) : undefined;
  }

  async #copy(
    source: Readable,
    file: FileHandle,
    options: {
      start: number;
      maxSize: number;
      repository: string;
      maxBytes: number;
      running?: DigestHash;
    },
  ): Promise<{ offset: number; error?: unknown }> {
    let offset = options.start;
    let nextCheck = offset + SPACE_CHECK_BYTES;
    try {
      // The source is a request: it has to stay open for the answer.
      for await (const chunk of source.iterator({ destroyOnReturn: false })) {
        if (offset + chunk.length > options.maxSize) {
          throw tooLarge(options.maxSize, options.repository);
        }
        if (offset + chunk.length > options.start + options.maxBytes) {
          throw new OciError({
            status: 400,
            code: 'SIZE_INVALID',
            message: `more bytes came than the ${options.maxBytes} that Content-Range announced`,
          });
        }
        if (offset >= nextCheck) {
          await this.#space.require(0);
          nextCheck = offset + SPACE_CHECK_BYTES;
        }
        await writeAll(file, chunk, offset);
        options.running?.update(chunk);
        offset += chunk.length;
      }
      return { offset };
    } catch (error) {
      // A piece of the last chunk may be in the file, but not in the hash.
      await file.truncate(offset);
      return { offset, error };
    }
  }
}

async function writeAll(
  file: FileHandle,
  chunk: Buffer,
  position: number,
): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    const { bytesWritten } = await file.write(
      chunk,
      written,
      chunk.length - written,
      position + written,
    );
    written += bytesWritten;
  }
}
