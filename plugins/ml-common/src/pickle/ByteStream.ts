import { PickleReadError } from './PickleReadError';

/** Reads bytes in their order and holds no more of them than it has to. */
export class ByteStream {
  #chunk = new Uint8Array();
  #position = 0;
  #offset = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset + this.#position;
  }

  /** Whether `count` bytes can be taken without waiting. */
  has(count: number): boolean {
    return this.#chunk.length - this.#position >= count;
  }

  /** Waits until `count` bytes can be taken. */
  async fill(count: number): Promise<void> {
    while (!this.has(count)) {
      const { done, value } = await this.#chunks.next();
      if (done) throw new PickleReadError('it ends too early', this.offset);
      const rest = this.#chunk.subarray(this.#position);
      const joined = new Uint8Array(rest.length + value.length);
      joined.set(rest);
      joined.set(value, rest.length);
      this.#offset += this.#position;
      this.#position = 0;
      this.#chunk = joined;
    }
  }

  /** Takes bytes that are there; `fill` has waited for them. */
  take(count: number): Uint8Array {
    const from = this.#position;
    this.#position += count;
    return this.#chunk.subarray(from, this.#position);
  }

  /** Passes over any number of bytes. */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      if (!this.has(1)) await this.fill(1);
      const step = Math.min(left, this.#chunk.length - this.#position);
      this.#position += step;
      left -= step;
    }
  }

  /** The bytes up to a line feed, which is passed over. */
  async line(limit: number): Promise<string> {
    for (let length = 0; ; length++) {
      if (length > limit) {
        throw new PickleReadError('it has an endless line', this.offset);
      }
      if (!this.has(length + 1)) await this.fill(length + 1);
      if (this.#chunk[this.#position + length] !== 0x0a) continue;
      const text = new TextDecoder('latin1').decode(this.take(length));
      this.take(1);
      return text;
    }
  }
}
