import type { Readable } from 'node:stream';
import type { Descriptor } from '@ml-platform/plugin-ml-common';

/** @public */
export interface StoredManifest {
  digest: string;
  mediaType: string;
  bytes: Buffer;
}

/** @public */
export interface StoredBlob {
  /** Bytes of the whole blob, whatever range is read. */
  size: number;
  stream: Readable;
}

/** @public */
export interface ByteRange {
  /** First byte. */
  start: number;
  /** Last byte, inclusive. */
  end: number;
}

/**
 * An artifact that says something of a manifest: a signature, a bill of materials.
 * @public
 */
export interface NewReferrer {
  artifactType: string;
  /** An OCI image manifest, which names its subject. */
  manifest: { digest: string; bytes: Buffer };
  /** All that the manifest names. */
  blobs: Array<{ digest: string; bytes: Buffer }>;
}

/**
 * Reads what was pushed to the OCI registry that holds the bytes of versions.
 * The embedded store is the default; an external registry fits behind it too.
 * @public
 */
export interface ArtifactStore {
  /** Finds a manifest by tag or digest; undefined when there is none. */
  getManifest(
    repository: string,
    reference: string,
  ): Promise<StoredManifest | undefined>;

  /** Opens a blob of the repository; undefined when it is not there. */
  openBlob(
    repository: string,
    digest: string,
    range?: ByteRange,
  ): Promise<StoredBlob | undefined>;

  /** Artifacts whose subject is the manifest: signatures, attestations and the like. */
  listReferrers(repository: string, digest: string): Promise<Descriptor[]>;

  /** Stores an artifact that refers to a manifest; the same again changes nothing. */
  attachReferrer(
    repository: string,
    options: {
      referrer: NewReferrer;
      /** Who caused it, and in which request. */
      caller: { actor: string; requestId?: string };
    },
  ): Promise<void>;

  /**
   * Gives a stored manifest a further name, so that other tools find it.
   * @throws ConflictError when the tag names another model version.
   */
  tagManifest(
    repository: string,
    options: { tag: string; digest: string },
  ): Promise<void>;
}
