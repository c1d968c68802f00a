import { randomUUID } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ArtifactCaller } from '../ArtifactAudit';
import type { ArtifactLimits } from '../ArtifactLimits';
import { splitDigest } from '../digests';
import type { ArtifactStorage } from '../files/ArtifactStorage';
import type { BlobStorage } from '../files/BlobStorage';
import type { KeyedLock } from '../files/KeyedLock';
import type { ByteSource, UploadStorage } from '../files/UploadStorage';
import type {
  ArtifactMetadataStore,
  UploadRecord,
} from '../metadata/ArtifactMetadataStore';
import { OciError } from '../OciError';
import { isUploadId } from '../references';
import { tooLarge } from '../tooLarge';
import { ExclusiveKeys } from './ExclusiveKeys';

/** A piece of an upload as it comes in. */
export interface UploadChunk {
  source: ByteSource;
  /** Offset that the client believes to be at. */
  start?: number;
  /** Bytes that the client announced. */
  length?: number;
}

export interface ArtifactUploadsOptions {
  storage: ArtifactStorage;
  metadata: ArtifactMetadataStore;
  logger: LoggerService;
  limits: ArtifactLimits;
  /** Held by digest while a blob's bytes and record change together. */
  locks: KeyedLock;
  staleAfterMs: number;
}

/**
 * Uploads of blobs, from start to commit.
 *
 * An upload is a row, and bytes in the storage that grow. Committing takes three
 * steps, each durable before the next: the row notes the digest that the bytes
 * were verified against, the bytes become a blob, and one transaction links the
 * blob, ends the upload and records the audit event. An upload that was cut off
 * between these steps still tells its full size, and the same finishing request
 * completes it.
 */
export class ArtifactUploads {
  readonly #options: ArtifactUploadsOptions;
  readonly #exclusive = new ExclusiveKeys();

  constructor(options: ArtifactUploadsOptions) {
    this.#options = options;
  }

  get #uploads(): UploadStorage {
    return this.#options.storage.uploads;
  }

  get #blobs(): BlobStorage {
    return this.#options.storage.blobs;
  }

  /** @returns the id of the new upload */
  async start(repository: string): Promise<string> {
    const id = randomUUID();
    await this.#explaining(async () => {
      await this.#uploads.create(id);
      await this.#options.metadata.createUpload({ id, repository });
    });
    return id;
  }

  /** @returns the offset at which the upload goes on */
  async getOffset(repository: string, id: string): Promise<number> {
    const upload = await this.#get(repository, id);
    return (await this.#sizeOf(upload)) ?? (await this.#unknown(upload.id));
  }

  /** @returns the offset after the chunk */
  async append(
    repository: string,
    id: string,
    chunk: UploadChunk,
  ): Promise<number> {
    let offset = 0;
    await this.#exclusively(repository, id, async upload => {
      offset = await this.#append(upload, chunk);
    });
    return offset;
  }

  /** Adds the last chunk, checks the digest, and commits the blob. */
  async finish(
    repository: string,
    id: string,
    options: { digest: string; chunk: UploadChunk; caller: ArtifactCaller },
  ): Promise<void> {
    const { digest, chunk, caller } = options;
    await this.#exclusively(repository, id, async upload => {
      if (!(await this.#wasMoved(upload, digest))) {
        await this.#append(upload, chunk);
        await this.#verify(upload, digest);
      }
      await this.#options.locks.run(digest, () =>
        this.#explaining(() => this.#commit(upload, digest, caller)),
      );
    });
  }

  async cancel(repository: string, id: string): Promise<void> {
    await this.#exclusively(repository, id, upload => this.#discard(upload));
  }

  /**
   * Removes uploads that nobody has written to for the configured time, and
   * files that a crash left without a record.
   * @returns how many there were
   */
  async removeStale(): Promise<number> {
    const { metadata, staleAfterMs } = this.#options;
    const cutoff = new Date(Date.now() - staleAfterMs);
    let removed = 0;
    for (const upload of await metadata.listUploads({
      startedBefore: cutoff,
    })) {
      const touched = await this.#uploads.lastModified(upload.id);
      if (touched && touched >= cutoff) continue;
      const free = await this.#exclusive.run(upload.id, () =>
        this.#discard(upload),
      );
      if (free) removed += 1;
    }
    for (const id of await this.#uploads.listUntouched(cutoff)) {
      if (isUploadId(id) && !(await metadata.getUpload(id))) {
        await this.#uploads.remove(id);
        removed += 1;
      }
    }
    removed += await this.#uploads.removeUnfinishedCommits(cutoff);
    if (removed) {
      this.#options.logger.info(
        `Removed ${removed} abandoned artifact uploads`,
      );
    }
    return removed;
  }

  async #append(upload: UploadRecord, chunk: UploadChunk): Promise<number> {
    const offset = await this.#uploads.size(upload.id);
    if (offset === undefined) return this.#unknown(upload.id);
    if (chunk.start !== undefined && chunk.start !== offset) {
      throw new OciError({
        status: 416,
        code: 'BLOB_UPLOAD_INVALID',
        message: `the chunk starts at byte ${chunk.start}, but the upload goes on at byte ${offset}`,
        detail: { offset },
      });
    }
    const { repository } = upload;
    const maxSize = await this.#options.limits.limitFor(repository);
    if (offset + (chunk.length ?? 0) > maxSize) {
      throw tooLarge(maxSize, repository);
    }
    return this.#uploads.append(upload.id, chunk.source, {
      maxSize,
      repository,
      expectedBytes: chunk.length,
    });
  }

  async #verify(upload: UploadRecord, digest: string): Promise<void> {
    const { algorithm } = splitDigest(digest);
    const found = await this.#uploads.digest(upload.id, algorithm);
    if (found !== digest) {
      await this.#discard(upload);
      throw new OciError({
        status: 400,
        code: 'DIGEST_INVALID',
        message: `the bytes that came have the digest ${found}, not ${digest}; the upload was discarded: start it again`,
        detail: { expected: digest, found },
      });
    }
  }

  async #commit(
    upload: UploadRecord,
    digest: string,
    caller: ArtifactCaller,
  ): Promise<void> {
    const { metadata } = this.#options;
    const { id, repository } = upload;
    if ((await this.#uploads.size(id)) !== undefined) {
      await metadata.setVerifiedDigest(id, digest);
      await this.#uploads.commit(id, digest);
    }
    const size = await this.#blobs.size(digest);
    if (size === undefined) return this.#unknown(id);
    return metadata.putBlob(
      { repository, digest, size, uploadId: id },
      {
        ...caller,
        action: 'artifact.blob.put',
        resource: `${repository}@${digest}`,
        outcome: 'succeeded',
        details: { size },
      },
    );
  }

  /** Whether a commit was cut off after the file had moved. */
  async #wasMoved(upload: UploadRecord, digest: string): Promise<boolean> {
    return (
      upload.verifiedDigest === digest &&
      (await this.#uploads.size(upload.id)) === undefined &&
      (await this.#blobs.size(digest)) !== undefined
    );
  }

  async #sizeOf(upload: UploadRecord): Promise<number | undefined> {
    const size = await this.#uploads.size(upload.id);
    return size === undefined && upload.verifiedDigest
      ? this.#blobs.size(upload.verifiedDigest)
      : size;
  }

  async #discard(upload: UploadRecord): Promise<void> {
    await this.#options.metadata.deleteUpload(upload.id);
    await this.#uploads.remove(upload.id);
  }

  async #exclusively(
    repository: string,
    id: string,
    work: (upload: UploadRecord) => Promise<void>,
  ): Promise<void> {
    await this.#get(repository, id);
    const ran = await this.#exclusive.run(id, async () => {
      // Read again: who held the upload before may have ended it.
      await work(await this.#get(repository, id));
    });
    if (!ran) {
      throw new OciError({
        status: 409,
        code: 'BLOB_UPLOAD_INVALID',
        message:
          'another request is writing to this upload; wait for it to end, then ask for the upload status and go on from there',
      });
    }
  }

  async #get(repository: string, id: string): Promise<UploadRecord> {
    const upload = isUploadId(id)
      ? await this.#options.metadata.getUpload(id)
      : undefined;
    return upload?.repository === repository ? upload : this.#unknown(id);
  }

  #unknown(id: string): never {
    throw new OciError({
      status: 404,
      code: 'BLOB_UPLOAD_UNKNOWN',
      message:
        'there is no such upload: it was finished, cancelled or abandoned for too long; start a new one',
      detail: { upload: id.slice(0, 100) },
    });
  }

  async #explaining<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw await this.#options.storage.explain(error);
    }
  }
}
