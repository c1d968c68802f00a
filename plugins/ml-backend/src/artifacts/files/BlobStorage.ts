import type { Readable } from 'node:stream';
import type { ByteRange } from '@ml-platform/plugin-ml-node';

/** A committed blob as it lies in the storage. */
export interface BlobFile {
  digest: string;
  size: number;
  modifiedAt: Date;
}

export type BlobCondition = 'intact' | 'corrupted' | 'missing';

/** Committed blobs. They are complete and never change. */
export interface BlobStorage {
  /** Bytes of the blob as they lie there; undefined when it does not. */
  size(digest: string): Promise<number | undefined>;
  /**
   * Opens a blob. A whole one is checked against its digest while it is read;
   * a range cannot be, so its reader checks the whole that it puts together.
   */
  open(
    digest: string,
    options: { range?: ByteRange; onCorrupted: (error: Error) => void },
  ): Promise<Readable | undefined>;
  /** All blobs, some at a time. */
  list(): AsyncGenerator<BlobFile[]>;
  /** Frees the bytes. */
  remove(digest: string): Promise<void>;
  /** Reads the whole blob and compares it with its name. */
  verify(digest: string): Promise<BlobCondition>;
  /**
   * Takes a corrupted blob away, so that the content can be pushed anew.
   * @returns where it went; undefined when somebody else took it
   */
  quarantine(digest: string): Promise<string | undefined>;
}
