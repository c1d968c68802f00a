import { type DigestAlgorithm, DigestHash } from '../digests';
import { incomingChunks } from '../files/incomingChunks';
import { RunningHashes } from '../files/RunningHashes';
import type {
  AppendOptions,
  ByteSource,
  UploadStorage,
} from '../files/UploadStorage';
import { PartWriter } from './PartWriter';
import { BLOBS, blobKey } from './S3Blobs';
import type { S3Bucket, S3Object } from './S3Bucket';

const UPLOADS = 'uploads/';
const MARKER = 'started';
/** S3 makes an object of this many parts at most. */
const MAX_PARTS = 10_000;
/** Offsets are written with leading zeros, so that they are listed in order. */
const OFFSET_DIGITS = 15;

interface Part {
  key: string;
  offset: number;
  size: number;
}

interface Listing {
  /** Those that follow each other without a gap. */
  parts: Part[];
  /** Where the upload goes on. */
  end: number;
  /** Objects behind a gap: a write before them had failed. */
  strays: string[];
}

/**
 * Uploads under way as objects: an empty marker, and parts named after the
 * offset of their first byte. All parts but the last one have the same size.
 * S3 makes the blob of them by itself.
 */
export class S3Uploads implements UploadStorage {
  readonly #bucket: S3Bucket;
  readonly #partBytes: number;
  readonly #hashes = new RunningHashes();

  constructor(options: { bucket: S3Bucket; partBytes: number }) {
    this.#bucket = options.bucket;
    this.#partBytes = options.partBytes;
  }

  create(id: string): Promise<void> {
    return this.#bucket.put(keyOf(id, MARKER), new Uint8Array());
  }

  async size(id: string): Promise<number | undefined> {
    return (await this.#list(id))?.end;
  }

  async append(
    id: string,
    source: ByteSource,
    options: AppendOptions,
  ): Promise<number> {
    const { parts, end: start, strays } = await this.#find(id);
    // A later part must not count because the gap before it is filled.
    await this.#bucket.removeAll(strays);
    const running = this.#hashes.take(id, start);
    const last = parts.at(-1);
    const writer = new PartWriter({
      put: (offset, bytes) => this.#bucket.put(partKey(id, offset), bytes),
      start,
      partBytes: this.#partBytes,
      tail: last && last.size < this.#partBytes ? this.#read(last) : undefined,
    });
    let failure: unknown;
    try {
      const maxSize = Math.min(options.maxSize, MAX_PARTS * this.#partBytes);
      const chunks = incomingChunks(source, { ...options, start, maxSize });
      for await (const chunk of chunks) {
        await writer.write(chunk);
        running?.update(chunk);
      }
    } catch (error) {
      failure = error;
    }
    // What came before the source broke off stays.
    await writer.end();
    if (running) this.#hashes.put(id, running, writer.offset);
    if (failure) throw failure;
    return writer.offset;
  }

  async digest(id: string, algorithm: DigestAlgorithm): Promise<string> {
    const { parts, end: size } = await this.#find(id);
    const known = this.#hashes.digest(id, { size, algorithm });
    if (known) return known;
    const hash = new DigestHash(algorithm);
    for (const { key } of parts) hash.update(await this.#bucket.read(key));
    this.#hashes.put(id, hash, size);
    return hash.digest();
  }

  async commit(id: string, digest: string): Promise<void> {
    const { parts, end } = await this.#find(id);
    // A write that S3 carries out late could have changed what was verified.
    if (end !== this.#hashes.offset(id)) {
      throw new Error(`the upload ${id} is no longer what was verified`);
    }
    await this.#bucket.compose(blobKey(digest), parts);
    await this.remove(id);
  }

  async remove(id: string): Promise<void> {
    this.#hashes.forget(id);
    // Without its marker there is no upload, whatever else is left of it.
    await this.#bucket.remove(keyOf(id, MARKER));
    for await (const objects of this.#bucket.list(keyOf(id, ''))) {
      await this.#bucket.removeAll(objects.map(({ key }) => key));
    }
  }

  async lastModified(id: string): Promise<Date | undefined> {
    let last: Date | undefined;
    let started = false;
    for await (const objects of this.#bucket.list(keyOf(id, ''))) {
      for (const { key, modifiedAt } of objects) {
        if (!last || modifiedAt > last) last = modifiedAt;
        started ||= key === keyOf(id, MARKER);
      }
    }
    return started ? last : undefined;
  }

  async listUntouched(since: Date): Promise<string[]> {
    const last = new Map<string, Date>();
    for await (const objects of this.#bucket.list(UPLOADS)) {
      for (const { key, modifiedAt } of objects) {
        const [id] = key.slice(UPLOADS.length).split('/');
        const before = last.get(id);
        if (!before || modifiedAt > before) last.set(id, modifiedAt);
      }
    }
    return [...last].filter(([, time]) => time < since).map(([id]) => id);
  }

  removeUnfinishedCommits(before: Date): Promise<number> {
    return this.#bucket.abortCompositions(BLOBS, before);
  }

  async #find(id: string): Promise<Listing> {
    const listing = await this.#list(id);
    if (!listing) throw new Error(`the upload ${id} is gone`);
    return listing;
  }

  async #list(id: string): Promise<Listing | undefined> {
    const objects: S3Object[] = [];
    for await (const page of this.#bucket.list(keyOf(id, ''))) {
      objects.push(...page);
    }
    const others = objects.filter(({ key }) => key !== keyOf(id, MARKER));
    if (others.length === objects.length) return undefined;
    const listing: Listing = { parts: [], end: 0, strays: [] };
    for (const { key, size } of others) {
      const offset = Number(key.slice(keyOf(id, '').length));
      if (offset === listing.end && size > 0) {
        listing.parts.push({ key, offset, size });
        listing.end += size;
      } else {
        listing.strays.push(key);
      }
    }
    return listing;
  }

  #read({ key, offset }: Part): { offset: number; read(): Promise<Buffer> } {
    return { offset, read: () => this.#bucket.read(key) };
  }
}

function keyOf(id: string, name: string): string {
  return `${UPLOADS}${id}/${name}`;
}

function partKey(id: string, offset: number): string {
  return keyOf(id, String(offset).padStart(OFFSET_DIGITS, '0'));
}
