import type { Readable } from 'node:stream';
import type { DigestAlgorithm } from '../digests';

/** A request, which stays open for its answer, or bytes that are made of one. */
export type ByteSource = Readable | AsyncGenerator<Buffer>;

export interface AppendOptions {
  repository: string;
  /** Largest size of the whole upload. */
  maxSize: number;
  /** What the client announced to append. */
  expectedBytes?: number;
}

/**
 * Bytes of uploads under way. The storage is the truth: what lies there is the
 * offset at which an upload goes on, whatever broke it off. Callers see to it
 * that one upload is written by one request at a time.
 */
export interface UploadStorage {
  create(id: string): Promise<void>;
  /** Bytes so far; undefined when there is no such upload. */
  size(id: string): Promise<number | undefined>;
  /**
   * Appends what the source gives and makes it durable before it returns. When
   * the source breaks off, the bytes that came until then stay.
   * @returns bytes so far
   */
  append(
    id: string,
    source: ByteSource,
    options: AppendOptions,
  ): Promise<number>;
  /** Digest of all bytes so far. */
  digest(id: string, algorithm: DigestAlgorithm): Promise<string>;
  /**
   * Makes the blob of the bytes, which were verified against the digest, and
   * ends the upload. A blob that is there already is replaced, which repairs it
   * if it had rotted. Cut off at any point, the whole upload is there, or else
   * the whole blob.
   */
  commit(id: string, digest: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** When something was written last; undefined when there is no such upload. */
  lastModified(id: string): Promise<Date | undefined>;
  /** Names of what lies there and was not written to since the given time. */
  listUntouched(since: Date): Promise<string[]>;
  /**
   * Frees what commits have left that began before the given time and were cut
   * off.
   * @returns how many there were
   */
  removeUnfinishedCommits(before: Date): Promise<number>;
}
