// Bytes that look random, made on the fly and the same in every run.
import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';

const PIECE = 1024 * 1024;

/** An AES key stream, from a byte that is a multiple of 16 on. */
export function randomContent({ start, length }) {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(start / 16), 8);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), counter);
  const zeros = Buffer.alloc(PIECE);
  return Readable.from(
    (function* pieces() {
      for (let left = length; left > 0; left -= PIECE) {
        yield cipher.update(left < PIECE ? zeros.subarray(0, left) : zeros);
      }
    })(),
    { objectMode: false, highWaterMark: PIECE },
  );
}

export async function digestOfContent(length) {
  const hash = createHash('sha256');
  for await (const piece of randomContent({ start: 0, length })) {
    hash.update(piece);
  }
  return `sha256:${hash.digest('hex')}`;
}
