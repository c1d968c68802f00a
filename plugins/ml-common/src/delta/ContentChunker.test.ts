import { createHash, randomBytes } from 'node:crypto';
import {
  chunkAverageOf,
  ContentChunker,
  isChunkAverage,
} from './ContentChunker';

const AVERAGE = 64 * 1024;

/** Sizes of the chunks, cut while the bytes come in pieces. */
function cut(bytes: Uint8Array, piece = bytes.length): number[] {
  const chunker = new ContentChunker(AVERAGE);
  const sizes: number[] = [];
  let size = 0;
  for (let from = 0; from < bytes.length; from += piece) {
    const part = bytes.subarray(from, from + piece);
    let start = 0;
    for (;;) {
      const end = chunker.next(part, start);
      size += (end ?? part.length) - start;
      if (end === undefined) break;
      sizes.push(size);
      size = 0;
      start = end;
    }
  }
  return size ? [...sizes, size] : sizes;
}

/** The same in every run. */
function someBytes(length: number): Buffer {
  const parts = [];
  for (let index = 0; index < length / 32; index += 1) {
    parts.push(createHash('sha256').update(`part ${index}`).digest());
  }
  return Buffer.concat(parts);
}

function digests(bytes: Uint8Array): Set<string> {
  let start = 0;
  return new Set(
    cut(bytes).map(size => {
      const chunk = bytes.subarray(start, start + size);
      start += size;
      return createHash('sha256').update(chunk).digest('hex');
    }),
  );
}

describe('ContentChunker', () => {
  const content = someBytes(8 * 1024 * 1024);

  it('cuts as it always did, since the other side may be older', () => {
    expect(cut(content).slice(0, 6)).toMatchInlineSnapshot(`
      [
        20158,
        59162,
        41672,
        47890,
        69672,
        69012,
      ]
    `);
  });

  it('cuts chunks of the sizes that it should', () => {
    const sizes = cut(content);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(content.length);
    const average = content.length / sizes.length;
    expect(average).toBeGreaterThan(AVERAGE * 0.7);
    expect(average).toBeLessThan(AVERAGE * 1.5);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * AVERAGE);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(AVERAGE / 4);
  });

  it.each([1, 1000, 65_537, 1_048_576])(
    'cuts the same in pieces of %d bytes',
    piece => {
      const short = content.subarray(0, 1_500_000);
      expect(cut(short, piece)).toEqual(cut(short));
    },
  );

  it('keeps the other chunks when bytes are put in, taken out or changed', () => {
    const middle = content.length / 2;
    const before = digests(content);
    for (const changed of [
      [content.subarray(0, middle), randomBytes(7), content.subarray(middle)],
      [content.subarray(0, middle), content.subarray(middle + 1001)],
      [
        content.subarray(0, middle),
        randomBytes(100),
        content.subarray(middle + 100),
      ],
    ]) {
      const after = digests(Buffer.concat(changed));
      const added = [...after].filter(digest => !before.has(digest));
      expect(added.length).toBeGreaterThan(0);
      expect(added.length).toBeLessThan(6);
    }
  });

  it('ends a chunk of bytes that are all the same', () => {
    const sizes = cut(new Uint8Array(1_000_000));
    expect(new Set(sizes.slice(0, -1)).size).toBe(1);
  });
});

describe('chunkAverageOf', () => {
  it('grows with the file, between its bounds', () => {
    const gib = 1024 ** 3;
    expect(chunkAverageOf(0)).toBe(64 * 1024);
    expect(chunkAverageOf(gib)).toBe(64 * 1024);
    expect(chunkAverageOf(10 * gib)).toBe(1024 * 1024);
    expect(chunkAverageOf(9000 * gib)).toBe(16 * 1024 * 1024);
  });

  it('is a power of two', () => {
    expect([65_536, 1_048_576].every(isChunkAverage)).toBe(true);
    expect([0, 32_768, 65_537, 2 ** 25, NaN].some(isChunkAverage)).toBe(false);
    expect(() => new ContentChunker(1000)).toThrow(RangeError);
  });
});
