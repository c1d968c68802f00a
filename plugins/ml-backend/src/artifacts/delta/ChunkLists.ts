import { createHash } from 'node:crypto';
import { type BlobChunks, listChunks } from '@ml-platform/plugin-ml-common';
import { KeyedLock } from '../files/KeyedLock';

/** Chunks of the lists that stay in memory; each takes about 150 bytes. */
const KEPT_CHUNKS = 128 * 1024;

export interface ChunkListRequest {
  digest: string;
  average: number;
  /** Opens the whole blob, checked; undefined when it is gone. */
  open(): Promise<AsyncIterable<Buffer> | undefined>;
}

/**
 * Chunks of blobs, for clients that want to send no more than what has changed.
 * They are made when somebody asks, one list at a time, because a blob has to be
 * read for it; the last ones stay in memory. A blob never changes, so neither do they.
 */
export class ChunkLists {
  readonly #lists = new Map<string, BlobChunks>();
  readonly #turn = new KeyedLock();

  /** Undefined when the blob is gone. */
  async get(request: ChunkListRequest): Promise<BlobChunks | undefined> {
    const key = `${request.digest} ${request.average}`;
    return (
      this.#find(key) ??
      this.#turn.run('one list at a time', async () => {
        const list = this.#find(key) ?? (await makeList(request));
        if (list) this.#keep(key, list);
        return list;
      })
    );
  }

  #find(key: string): BlobChunks | undefined {
    const list = this.#lists.get(key);
    // The one that was asked for last stands last, and goes last.
    if (list && this.#lists.delete(key)) this.#lists.set(key, list);
    return list;
  }

  #keep(key: string, list: BlobChunks): void {
    this.#lists.set(key, list);
    let kept = 0;
    for (const { chunks } of this.#lists.values()) kept += chunks.length;
    for (const [oldest, { chunks }] of this.#lists) {
      if (kept <= KEPT_CHUNKS) break;
      this.#lists.delete(oldest);
      kept -= chunks.length;
    }
  }
}

async function makeList({
  average,
  open,
}: ChunkListRequest): Promise<BlobChunks | undefined> {
  const content = await open();
  return (
    content &&
    listChunks(content, { average, sha256: () => createHash('sha256') })
  );
}
