/** Chunks have this many bytes on average at the least, and at the most. */
const LEAST_AVERAGE = 64 * 1024;
const MOST_AVERAGE = 16 * 1024 * 1024;
/** More than this many chunks make a list long rather than a difference small. */
const AIMED_CHUNKS = 16 * 1024;

/** A number of 32 bits for each byte: splitmix32 from 1 on. */
const GEAR = new Int32Array(256);
for (let byte = 0; byte < GEAR.length; byte += 1) {
  /* eslint-disable no-bitwise */
  let mixed = Math.imul(byte + 1, 0x9e3779b9);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  GEAR[byte] = mixed ^ (mixed >>> 15);
  /* eslint-enable no-bitwise */
}

/**
 * Average size of the chunks that a file is best cut into: a power of two.
 * @public
 */
export function chunkAverageOf(size: number): number {
  let average = LEAST_AVERAGE;
  while (average < MOST_AVERAGE && size / average > AIMED_CHUNKS) average *= 2;
  return average;
}

/**
 * Whether content can be cut into chunks of this average size.
 * @public
 */
export function isChunkAverage(average: number): boolean {
  return (
    average >= LEAST_AVERAGE &&
    average <= MOST_AVERAGE &&
    Number.isInteger(Math.log2(average))
  );
}

/**
 * Finds where content is cut into chunks, by the content itself: bytes that are
 * put in or taken out change the chunks around them and no others.
 *
 * @remarks
 * A gear hash over the last 32 bytes, with two masks around the average size as
 * in FastCDC. Two sides that compare their chunks have to cut in just the same
 * way, so nothing here may ever change: another way needs another name.
 * @public
 */
export class ContentChunker {
  readonly #least: number;
  readonly #average: number;
  readonly #most: number;
  readonly #strictMask: number;
  readonly #laxMask: number;
  #length = 0;
  #hash = 0;

  /** @param average - as `chunkAverageOf` gives it */
  constructor(average: number) {
    if (!isChunkAverage(average)) {
      throw new RangeError(`${average} is no average size of chunks`);
    }
    this.#least = average / 4;
    this.#average = average;
    this.#most = average * 4;
    this.#strictMask = topBits(Math.log2(average) + 1);
    this.#laxMask = topBits(Math.log2(average) - 1);
  }

  /**
   * Reads on.
   * @returns where in the bytes the chunk ends; undefined when it goes on after them
   */
  next(bytes: Uint8Array, start: number): number | undefined {
    const begin = start - this.#length;
    const end = Math.min(bytes.length, begin + this.#most);
    const turn = Math.min(end, begin + this.#average);
    let index = Math.max(start, Math.min(end, begin + this.#least));
    let hash = this.#hash;
    let found = false;
    for (const [until, mask] of [
      [turn, this.#strictMask],
      [end, this.#laxMask],
    ]) {
      while (!found && index < until) {
        // eslint-disable-next-line no-bitwise
        hash = ((hash << 1) + GEAR[bytes[index]]) | 0;
        index += 1;
        // eslint-disable-next-line no-bitwise
        found = (hash & mask) === 0;
      }
    }
    if (found || index - begin === this.#most) {
      this.#length = 0;
      this.#hash = 0;
      return index;
    }
    this.#length = bytes.length - begin;
    this.#hash = hash;
    return undefined;
  }
}

function topBits(count: number): number {
  // eslint-disable-next-line no-bitwise
  return -1 << (32 - count);
}
