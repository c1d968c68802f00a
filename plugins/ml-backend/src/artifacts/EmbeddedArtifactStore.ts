import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError } from '@backstage/errors';
import type { Descriptor } from '@ml-platform/plugin-ml-common';
import type {
  ArtifactStore,
  ByteRange,
  NewReferrer,
  StoredBlob,
  StoredManifest,
} from '@ml-platform/plugin-ml-node';
import type { BlobChunks } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ArtifactAudit, ArtifactCaller } from './ArtifactAudit';
import { type ArtifactLimits, FixedArtifactLimits } from './ArtifactLimits';
import type { DeltaBase } from './delta/applyDelta';
import { ChunkLists } from './delta/ChunkLists';
import type { BlobCondition, BlobStorage } from './files/BlobStorage';
import { CorruptedBlobError } from './files/DigestCheck';
import { DiskStorage } from './files/DiskStorage';
import { KeyedLock } from './files/KeyedLock';
import type { S3Options } from './s3/S3Options';
import { S3Storage } from './s3/S3Storage';
import { attachReferrer } from './manifests/attachReferrer';
import {
  ManifestWriter,
  type PutManifestOptions,
} from './manifests/ManifestWriter';
import type { ArtifactMetadataStore } from './metadata/ArtifactMetadataStore';
import { DatabaseArtifactMetadataStore } from './metadata/DatabaseArtifactMetadataStore';
import type { ArtifactRemovalStore } from './metadata/ArtifactRemovalStore';
import { DatabaseArtifactRemovalStore } from './metadata/DatabaseArtifactRemovalStore';
import { OciError } from './OciError';
import {
  type ArtifactProtection,
  NOTHING_PROTECTED,
} from './removal/ArtifactProtection';
import { ArtifactRemovals } from './removal/ArtifactRemovals';
import { BlobCollector, type GarbageReport } from './removal/BlobCollector';
import { ArtifactUploads } from './uploads/ArtifactUploads';

const GIBIBYTE = 1024 ** 3;
/** Of one manifest; more are not read at once. */
const MAX_REFERRERS = 1_000;
const HOUR_MS = 60 * 60 * 1000;

export interface EmbeddedArtifactStoreOptions {
  /** Where blobs and uploads lie; made when it is not there. */
  directory: string;
  /** A bucket for them instead. */
  s3?: S3Options;
  /** A database with the plugin's migrations. */
  knex: Knex;
  audit: ArtifactAudit;
  logger: LoggerService;
  /** Largest blob, and largest sum of a manifest's blobs; 10 GiB by default. */
  maxArtifactBytes?: number;
  /** Instead of `maxArtifactBytes`: limits that differ by repository. */
  limits?: ArtifactLimits;
  /** Which manifests clients cannot delete; none by default. */
  protection?: ArtifactProtection;
  /**
   * How long a blob that no manifest names stays after a client was told that
   * it is there; an hour by default.
   */
  gracePeriodMs?: number;
  /** Part of the disk that uploads leave free; 64 MiB by default. */
  reservedBytes?: number;
  /** Age after which an upload that nobody goes on with is removed; a day by default. */
  staleUploadMs?: number;
}

interface Parts {
  metadata: ArtifactMetadataStore;
  blobs: BlobStorage;
  locks: KeyedLock;
  uploads: ArtifactUploads;
  manifests: ManifestWriter;
  removalStore: ArtifactRemovalStore;
  removals: ArtifactRemovals;
  collector: BlobCollector;
  audit: ArtifactAudit;
  logger: LoggerService;
  gracePeriodMs: number;
}

/** An OCI registry's contents: bytes on a disk or in S3, metadata in the database. */
export class EmbeddedArtifactStore implements ArtifactStore {
  readonly #parts: Parts;
  readonly #chunkLists = new ChunkLists();

  static async create(
    options: EmbeddedArtifactStoreOptions,
  ): Promise<EmbeddedArtifactStore> {
    const { knex, audit, logger } = options;
    const gracePeriodMs = options.gracePeriodMs ?? HOUR_MS;
    const limits =
      options.limits ??
      new FixedArtifactLimits(options.maxArtifactBytes ?? 10 * GIBIBYTE);
    const locks = new KeyedLock();
    const storage = options.s3
      ? await S3Storage.create({ ...options.s3, logger })
      : await DiskStorage.create({
          directory: options.directory,
          reservedBytes: options.reservedBytes ?? GIBIBYTE / 16,
          logger,
        });
    const { blobs } = storage;
    const metadata = new DatabaseArtifactMetadataStore({ knex, audit });
    const uploads = new ArtifactUploads({
      storage,
      metadata,
      logger,
      limits,
      locks,
      staleAfterMs: options.staleUploadMs ?? 24 * HOUR_MS,
    });
    const removalStore = new DatabaseArtifactRemovalStore({ knex, audit });
    return new EmbeddedArtifactStore({
      metadata,
      blobs,
      locks,
      uploads,
      manifests: new ManifestWriter({ metadata, blobs, limits }),
      removalStore,
      removals: new ArtifactRemovals({
        store: removalStore,
        protection: options.protection ?? NOTHING_PROTECTED,
        audit,
      }),
      collector: new BlobCollector({
        store: removalStore,
        blobs,
        locks,
        audit,
        logger,
        gracePeriodMs,
      }),
      audit,
      logger,
      gracePeriodMs,
    });
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  get uploads(): ArtifactUploads {
    return this.#parts.uploads;
  }

  get metadata(): ArtifactMetadataStore {
    return this.#parts.metadata;
  }

  /** Deletions that clients ask for. */
  get removals(): ArtifactRemovals {
    return this.#parts.removals;
  }

  async getManifest(
    repository: string,
    reference: string,
  ): Promise<StoredManifest | undefined> {
    const manifest = await this.metadata.getManifest(repository, reference);
    return (
      manifest && {
        digest: manifest.digest,
        mediaType: manifest.mediaType,
        bytes: manifest.content,
      }
    );
  }

  async listReferrers(
    repository: string,
    digest: string,
  ): Promise<Descriptor[]> {
    const found = await this.metadata.listReferrers(repository, digest, {
      limit: MAX_REFERRERS,
    });
    return found.map(referrer => ({ ...referrer }));
  }

  attachReferrer(
    repository: string,
    options: { referrer: NewReferrer; caller: ArtifactCaller },
  ): Promise<void> {
    return attachReferrer(this, repository, options);
  }

  async tagManifest(
    repository: string,
    options: { tag: string; digest: string },
  ): Promise<void> {
    try {
      await this.metadata.tagManifest({ repository, ...options });
    } catch (error) {
      if (error instanceof OciError && error.status === 409) {
        throw new ConflictError(error.message);
      }
      throw error;
    }
  }

  /**
   * Size of a blob of the repository; undefined when it is not there. One that
   * no longer has the size that it was pushed with is taken away.
   */
  async getBlobSize(
    repository: string,
    digest: string,
  ): Promise<number | undefined> {
    const sizes = await this.metadata.getBlobSizes(repository, [digest]);
    const size = sizes.get(digest);
    if (size === undefined) return undefined;
    const stored = await this.#parts.blobs.size(digest);
    if (stored === size) return size;
    if (stored !== undefined) {
      await this.#quarantine(digest, `it has ${stored} bytes, not ${size}`);
    }
    return undefined;
  }

  /**
   * Keeps a blob from being collected for the grace period, because somebody is
   * told that it is there; false when the repository does not have it.
   */
  touchBlob(repository: string, digest: string): Promise<boolean> {
    return this.metadata.touchBlob(repository, digest, {
      everyMs: this.#parts.gracePeriodMs / 10,
    });
  }

  /**
   * A whole blob is checked while it is read: the stream of a corrupted one
   * ends in a `CorruptedBlobError` before its last bytes.
   */
  async openBlob(
    repository: string,
    digest: string,
    range?: ByteRange,
  ): Promise<StoredBlob | undefined> {
    const size = await this.getBlobSize(repository, digest);
    if (size === undefined) return undefined;
    const stream = await this.#parts.blobs.open(digest, {
      range,
      onCorrupted: () => this.#verifyInBackground(digest),
    });
    return stream && { size, stream };
  }

  /**
   * Sizes and digests of the chunks that the blob's content falls into;
   * undefined when the repository does not have it.
   */
  async listChunks(
    repository: string,
    digest: string,
    average: number,
  ): Promise<BlobChunks | undefined> {
    return this.#chunkLists.get({
      ...{ digest, average },
      open: async () => (await this.openBlob(repository, digest))?.stream,
    });
  }

  /** A blob of the repository, for an upload that takes ranges over from it. */
  async openDeltaBase(
    repository: string,
    digest: string,
  ): Promise<DeltaBase | undefined> {
    const { blobs } = this.#parts;
    const size = (await this.touchBlob(repository, digest))
      ? await this.getBlobSize(repository, digest)
      : undefined;
    if (size === undefined) return undefined;
    return {
      ...{ digest, size },
      // What is read of a range cannot be checked; the upload is, as a whole.
      open: range =>
        blobs.open(digest, { range, onCorrupted: () => undefined }),
    };
  }

  /**
   * Reads a blob and checks it. A corrupted one is taken away, so
   * that the next push of the same content repairs it.
   */
  async verifyBlob(digest: string): Promise<BlobCondition> {
    const condition = await this.#parts.blobs.verify(digest);
    if (condition === 'corrupted') {
      await this.#quarantine(digest, 'its digest does not match');
    }
    return condition;
  }

  /**
   * Makes a blob of another repository available in this one; false when it is
   * not there. Without `from`, any repository will do.
   */
  async mountBlob(options: {
    from?: string;
    repository: string;
    digest: string;
    caller: ArtifactCaller;
  }): Promise<boolean> {
    const { repository, digest, caller } = options;
    return this.#parts.locks.run(digest, async () => {
      const from =
        options.from ?? (await this.metadata.findRepositoryOf(digest));
      if (from === undefined) return false;
      const size = await this.getBlobSize(from, digest);
      if (size === undefined) return false;
      await this.metadata.putBlob(
        { repository, digest, size },
        {
          ...caller,
          action: 'artifact.blob.mount',
          resource: `${repository}@${digest}`,
          outcome: 'succeeded',
          details: { from, size },
        },
      );
      return true;
    });
  }

  /** Checks and stores a manifest and its tags. */
  putManifest(
    options: PutManifestOptions,
  ): Promise<{ digest: string; subject?: string }> {
    return this.#parts.manifests.put(options);
  }

  /**
   * Keeps a manifest from being deleted until the transaction ends.
   * @throws ConflictError when it is gone already
   */
  holdManifest(
    repository: string,
    digest: string,
    transaction: Knex.Transaction,
  ): Promise<void> {
    return this.#parts.removalStore.holdManifest(
      repository,
      digest,
      transaction,
    );
  }

  /**
   * Lets go of the manifest of a version that is being deleted, with its tags
   * and all that refers to it (signatures, attestations), whoever protects it.
   * The next collection frees the bytes that nobody else needs.
   * @returns digests of what was let go
   */
  releaseManifest(
    repository: string,
    digest: string,
    transaction: Knex.Transaction,
  ): Promise<string[]> {
    return this.#parts.removalStore.releaseManifest(
      repository,
      digest,
      transaction,
    );
  }

  /** Frees the bytes of blobs that nothing needs; a dry run only counts them. */
  collectGarbage(options?: { dryRun?: boolean }): Promise<GarbageReport> {
    return this.#parts.collector.collect(options);
  }

  #verifyInBackground(digest: string): void {
    // Read once more before it is taken away: the fault may lie in the reading.
    this.verifyBlob(digest).catch(error =>
      this.#parts.logger.error(
        `The corrupted blob ${digest} could not be taken away`,
        error,
      ),
    );
  }

  async #quarantine(digest: string, finding: string): Promise<void> {
    const { message } = new CorruptedBlobError(digest, finding);
    const path = await this.#parts.blobs.quarantine(digest);
    if (!path) return;
    this.#parts.logger.error(`${message}. It was moved to ${path}`);
    await this.#parts.audit.record({
      actor: 'artifact-store',
      action: 'artifact.blob.quarantine',
      resource: digest,
      outcome: 'succeeded',
      details: { finding },
    });
  }
}
