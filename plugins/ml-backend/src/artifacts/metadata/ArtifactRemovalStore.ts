import type { Knex } from 'knex';
import type { ArtifactAuditEvent } from '../ArtifactAudit';
import type { ArtifactProtection } from '../removal/ArtifactProtection';

/** A blob that nothing needs. */
export interface UnusedBlob {
  digest: string;
  size: number;
}

/**
 * Takes records away. Bytes are not touched here: who calls removes the file
 * of a blob after its record is gone.
 */
export interface ArtifactRemovalStore {
  /** @throws OciError when there is no such tag, or its manifest is protected. */
  deleteTag(
    repository: string,
    tag: string,
    options: { protection: ArtifactProtection; event: ArtifactAuditEvent },
  ): Promise<void>;
  /**
   * Deletes a manifest and its tags.
   * @throws OciError when it is not there, protected, or named by an index
   */
  deleteManifest(
    repository: string,
    digest: string,
    options: { protection: ArtifactProtection; event: ArtifactAuditEvent },
  ): Promise<void>;
  /**
   * Takes a blob from a repository.
   * @throws OciError when it is not there, or a manifest names it
   */
  deleteBlob(
    repository: string,
    digest: string,
    options: { event: ArtifactAuditEvent },
  ): Promise<void>;
  /**
   * Keeps a manifest from being deleted until the caller's transaction ends.
   * @throws ConflictError when it is gone already
   */
  holdManifest(
    repository: string,
    digest: string,
    transaction: Knex.Transaction,
  ): Promise<void>;
  /**
   * Deletes a manifest, its tags and all that refers to it, whoever protects
   * it, within the caller's transaction.
   * @returns digests of what was deleted
   */
  releaseManifest(
    repository: string,
    digest: string,
    transaction: Knex.Transaction,
  ): Promise<string[]>;

  /** By digest: blobs that no manifest names and nobody asked for since. */
  listUnusedBlobs(query: {
    touchedBefore: Date;
    after?: string;
    limit: number;
  }): Promise<UnusedBlob[]>;
  /** Deletes the record of a blob; false when it is in use after all. */
  forgetBlob(
    digest: string,
    options: { touchedBefore: Date },
  ): Promise<boolean>;
  /** Those of the digests that have a record, or an upload about to be committed. */
  filterKnown(digests: string[]): Promise<Set<string>>;
}
