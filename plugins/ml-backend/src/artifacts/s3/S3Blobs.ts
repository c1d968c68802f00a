import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import type { ByteRange } from '@ml-platform/plugin-ml-node';
import { DigestHash, isDigest, splitDigest } from '../digests';
import type {
  BlobCondition,
  BlobFile,
  BlobStorage,
} from '../files/BlobStorage';
import { checkedAgainst } from '../files/DigestCheck';
import type { S3Bucket } from './S3Bucket';
import type { ObjectPiece } from './composeObject';

export const BLOBS = 'blobs/';
/** S3 copies 5 GiB at most in one request; less, to be quick. */
const COPY_BYTES = 256 * 1024 * 1024;

/** @param digest - already checked */
export function blobKey(digest: string): string {
  const { algorithm, hex } = splitDigest(digest);
  return `${BLOBS}${algorithm}/${hex.slice(0, 2)}/${hex}`;
}

/** Committed blobs as objects. */
export class S3Blobs implements BlobStorage {
  readonly #bucket: S3Bucket;

  constructor(options: { bucket: S3Bucket }) {
    this.#bucket = options.bucket;
  }

  size(digest: string): Promise<number | undefined> {
    return this.#bucket.size(blobKey(digest));
  }

  async open(
    digest: string,
    options: { range?: ByteRange; onCorrupted: (error: Error) => void },
  ): Promise<Readable | undefined> {
    const bytes = await this.#bucket.open(blobKey(digest), options.range);
    return bytes && !options.range
      ? checkedAgainst(digest, bytes, options.onCorrupted)
      : bytes;
  }

  async *list(): AsyncGenerator<BlobFile[]> {
    for await (const page of this.#bucket.list(BLOBS)) {
      yield page.flatMap(({ key, size, modifiedAt }) => {
        const [algorithm, , hex] = key.slice(BLOBS.length).split('/');
        const digest = `${algorithm}:${hex}`;
        return isDigest(digest) ? [{ digest, size, modifiedAt }] : [];
      });
    }
  }

  remove(digest: string): Promise<void> {
    return this.#bucket.remove(blobKey(digest));
  }

  async verify(digest: string): Promise<BlobCondition> {
    const bytes = await this.#bucket.open(blobKey(digest));
    if (!bytes) return 'missing';
    const hash = new DigestHash(splitDigest(digest).algorithm);
    await pipeline(bytes, async source => {
      for await (const chunk of source) hash.update(chunk);
    });
    return hash.digest() === digest ? 'intact' : 'corrupted';
  }

  async quarantine(digest: string): Promise<string | undefined> {
    const size = await this.#bucket.size(blobKey(digest));
    if (size === undefined) return undefined;
    const target = `quarantine/${splitDigest(digest).hex}-${Date.now()}`;
    await this.#bucket.compose(target, piecesOf(blobKey(digest), size));
    await this.remove(digest);
    return target;
  }
}

function piecesOf(key: string, size: number): ObjectPiece[] {
  if (size <= COPY_BYTES) return [{ key }];
  const pieces = [];
  for (let start = 0; start < size; start += COPY_BYTES) {
    const end = Math.min(size, start + COPY_BYTES) - 1;
    pieces.push({ key, range: { start, end } });
  }
  return pieces;
}
