import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import type { DigestAlgorithm, DigestHash } from '../digests';
import {
  type ArtifactDirectory,
  isMissing,
  syncDirectoryOf,
} from './ArtifactDirectory';
import type { BlobFiles } from './BlobFiles';
import { type DiskSpace, isDiskFull } from './DiskSpace';
import { hashFile } from './hashFile';
import { incomingChunks } from './incomingChunks';
import { RunningHashes } from './RunningHashes';
import type { AppendOptions, ByteSource, UploadStorage } from './UploadStorage';

const SPACE_CHECK_BYTES = 8 * 1024 * 1024;

/**
 * Uploads under way as files: the size of a file is the offset at which its
 * upload goes on.
 */
export class UploadFiles implements UploadStorage {
  readonly #directory: ArtifactDirectory;
  readonly #space: DiskSpace;
  readonly #blobs: BlobFiles;
  readonly #hashes = new RunningHashes();

  constructor(options: {
    directory: ArtifactDirectory;
    space: DiskSpace;
    blobs: BlobFiles;
  }) {
    this.#directory = options.directory;
    this.#space = options.space;
    this.#blobs = options.blobs;
  }

  async create(id: string): Promise<void> {
    try {
      await (await open(this.#pathOf(id), 'wx')).close();
      await syncDirectoryOf(this.#pathOf(id));
    } catch (error) {
      if (isDiskFull(error)) throw await this.#space.fullError(error);
      throw error;
    }
  }

  async size(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(id))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async append(
    id: string,
    source: ByteSource,
    options: AppendOptions,
  ): Promise<number> {
    const file = await open(this.#pathOf(id), 'r+');
    try {
      const start = (await file.stat()).size;
      await this.#space.require(options.expectedBytes ?? 0);
      const running = this.#hashes.take(id, start);
      const end = await this.#copy(
        incomingChunks(source, { start, ...options }),
        file,
        { start, running },
      );
      if (running) this.#hashes.put(id, running, end.offset);
      try {
        await file.datasync();
      } catch (error) {
        // The bytes may never have reached the disk: do not build on them.
        this.#hashes.forget(id);
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

  async digest(id: string, algorithm: DigestAlgorithm): Promise<string> {
    const path = this.#pathOf(id);
    const { size } = await stat(path);
    return (
      this.#hashes.digest(id, { size, algorithm }) ?? hashFile(path, algorithm)
    );
  }

  async commit(id: string, digest: string): Promise<void> {
    await this.#blobs.adopt(this.#pathOf(id), digest);
    this.#hashes.forget(id);
  }

  async remove(id: string): Promise<void> {
    this.#hashes.forget(id);
    await rm(this.#pathOf(id), { force: true });
  }

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
      return (await stat(this.#pathOf(id))).mtime;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Moving a file leaves nothing behind. */
  async removeUnfinishedCommits(): Promise<number> {
    return 0;
  }

  #pathOf(id: string): string {
    return this.#directory.upload(id);
  }

  async #copy(
    source: AsyncIterable<Buffer>,
    file: FileHandle,
    options: { start: number; running?: DigestHash },
  ): Promise<{ offset: number; error?: unknown }> {
    let offset = options.start;
    let nextCheck = offset + SPACE_CHECK_BYTES;
    try {
      for await (const chunk of source) {
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
