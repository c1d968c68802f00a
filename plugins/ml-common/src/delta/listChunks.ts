import { ContentChunker } from './ContentChunker';
import type { BlobChunks } from './instructions';

/**
 * A SHA-256 that is being made, whoever provides it.
 * @public
 */
export interface RunningSha256 {
  update(bytes: Uint8Array): unknown;
  digest(encoding: 'hex'): string;
}

/**
 * Reads content once, and lists its chunks.
 * @public
 */
export async function listChunks(
  content: AsyncIterable<Uint8Array>,
  options: { average: number; sha256: () => RunningSha256 },
): Promise<BlobChunks> {
  const { average, sha256 } = options;
  const chunker = new ContentChunker(average);
  const chunks: BlobChunks['chunks'] = [];
  let hash: RunningSha256 | undefined;
  let size = 0;
  const endChunk = () => {
    if (hash) chunks.push([size, hash.digest('hex')]);
    hash = undefined;
    size = 0;
  };
  for await (const piece of content) {
    let start = 0;
    while (start < piece.length) {
      const end = chunker.next(piece, start);
      const part = piece.subarray(start, end);
      hash ??= sha256();
      hash.update(part);
      size += part.length;
      if (end === undefined) break;
      endChunk();
      start = end;
    }
  }
  endChunk();
  return { average, chunks };
}
