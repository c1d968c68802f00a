import type { BlobStorage } from './BlobStorage';
import type { UploadStorage } from './UploadStorage';

/** Where the bytes of the artifact store lie. */
export interface ArtifactStorage {
  readonly blobs: BlobStorage;
  readonly uploads: UploadStorage;
  /** Makes of an error what the client should read, where the storage knows. */
  explain(error: unknown): Promise<unknown>;
}
