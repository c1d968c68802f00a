import { Readable } from 'node:stream';
import type { ByteRange } from '@ml-platform/plugin-ml-node';

/** The bytes of a range, out of a stream of the whole. */
export function sliceBytes(source: Readable, range: ByteRange): Readable {
  return Readable.from(slice(source, range), { objectMode: false });
}

async function* slice(
  source: Readable,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  let offset = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const piece = chunk.subarray(
      Math.max(0, start - offset),
      Math.max(0, end + 1 - offset),
    );
    if (piece.length) yield piece;
    offset += chunk.length;
    if (offset > end) return;
  }
}
