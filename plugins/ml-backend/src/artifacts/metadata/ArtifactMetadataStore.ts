import type { ArtifactAuditEvent } from '../ArtifactAudit';
import type { NewManifest } from './writeManifest';

export interface UploadRecord {
  id: string;
  repository: string;
  /**
   * All bytes were verified against this digest: the file may lie among the
   * blobs already, while the blob is not recorded yet.
   */
  verifiedDigest?: string;
}

export interface ManifestRecord {
  repository: string;
  digest: string;
  mediaType: string;
  artifactType?: string;
  content: Buffer;
  subject?: string;
  annotations?: Record<string, string>;
}

/** An entry of a referrers list. */
export interface ReferrerDescriptor {
  mediaType: string;
  digest: string;
  size: number;
  artifactType?: string;
  annotations?: Record<string, string>;
}

/**
 * What the artifact store knows about its files. A change and its audit event
 * are one transaction.
 */
export interface ArtifactMetadataStore {
  createUpload(upload: { id: string; repository: string }): Promise<void>;
  getUpload(id: string): Promise<UploadRecord | undefined>;
  setVerifiedDigest(id: string, digest: string): Promise<void>;
  deleteUpload(id: string): Promise<void>;
  listUploads(query: { startedBefore: Date }): Promise<UploadRecord[]>;

  /** Links the blob to the repository and ends the upload, if there was one. */
  putBlob(
    blob: {
      repository: string;
      digest: string;
      size: number;
      uploadId?: string;
    },
    event: ArtifactAuditEvent,
  ): Promise<void>;
  /**
   * Notes that somebody was told that the blob is there, which keeps it from
   * being collected. A note that is younger than `every` is enough.
   * @returns false when the repository does not have it
   */
  touchBlob(
    repository: string,
    digest: string,
    options: { everyMs: number },
  ): Promise<boolean>;
  /** A repository that holds the blob. */
  findRepositoryOf(digest: string): Promise<string | undefined>;
  /** Sizes by digest of those that the repository holds. */
  getBlobSizes(
    repository: string,
    digests: string[],
  ): Promise<Map<string, number>>;

  /**
   * Stores a manifest and points its tags to it.
   * @throws OciError when a tag names another ModelPack version, or something
   *   that the manifest names is not in the repository.
   */
  putManifest(manifest: NewManifest, event: ArtifactAuditEvent): Promise<void>;
  /**
   * Points a further tag to a stored manifest.
   * @throws OciError when the tag names another ModelPack version.
   */
  tagManifest(options: {
    repository: string;
    tag: string;
    digest: string;
  }): Promise<void>;
  getManifest(
    repository: string,
    reference: string,
  ): Promise<ManifestRecord | undefined>;
  /** Sizes by digest of those that the repository holds. */
  getManifestSizes(
    repository: string,
    digests: string[],
  ): Promise<Map<string, number>>;

  hasRepository(repository: string): Promise<boolean>;
  /** In the order of their characters' codes. */
  listTags(
    repository: string,
    query: { after?: string; limit: number },
  ): Promise<string[]>;
  /** By digest. */
  listReferrers(
    repository: string,
    subject: string,
    query: { artifactType?: string; after?: string; limit: number },
  ): Promise<ReferrerDescriptor[]>;
}
