import type { Descriptor } from '@ml-platform/plugin-ml-common';
import type { Blob } from '@ml-platform/packaging';

/** A manifest as it is stored, its digest checked. */
export interface StoredManifest {
  bytes: Buffer;
  digest: string;
  mediaType: string;
}

/** Somewhere that manifests and blobs are read from: a repository of a registry, or a layout on disk. */
export interface ContentSource {
  /** Where it is, for people. */
  readonly place: string;
  /** A manifest by tag, digest or descriptor; what is there by default when nothing is given. */
  getManifest(reference?: string | Descriptor): Promise<StoredManifest>;
  /** A blob; what is read of it is not checked yet. */
  getBlob(name: string, descriptor: Descriptor): Blob;
  close(): void;
}
