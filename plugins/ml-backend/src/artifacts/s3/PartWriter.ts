/** Objects of one upload that are on their way at a time. */
const AT_ONCE = 3;
/** Bytes that no others follow are stored after this time. */
const IDLE_MS = 1_000;

export interface PartWriterOptions {
  /** Stores an object whose first byte has this offset; replaces it if need be. */
  put(offset: number, bytes: Uint8Array): Promise<void>;
  /** Where the upload goes on. */
  start: number;
  /** Size of an object; the last one may be smaller. */
  partBytes: number;
  /** The last object so far, when there is room in it. */
  tail?: { offset: number; read: () => Promise<Buffer> };
}

/**
 * Stores a stream as objects of equal size. S3 cannot append: the last object
 * is written again, longer, when more comes. Memory holds a few objects,
 * whatever the length of the stream.
 */
export class PartWriter {
  readonly #options: PartWriterOptions;
  readonly #free: Buffer[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  #tail: PartWriterOptions['tail'];
  #buffer?: Buffer;
  /** Offset of the buffer's first byte. */
  #offset: number;
  #filled = 0;
  /** Bytes of the buffer that are stored already. */
  #stored = 0;
  #storing?: Promise<void>;
  #idle?: NodeJS.Timeout;
  #failure?: unknown;

  constructor(options: PartWriterOptions) {
    this.#options = options;
    this.#tail = options.tail;
    this.#offset = options.start;
  }

  /** Where the next byte goes. */
  get offset(): number {
    return this.#offset + this.#filled;
  }

  async write(chunk: Buffer): Promise<void> {
    let taken = 0;
    while (taken < chunk.length) {
      if (!this.#buffer) this.#buffer = await this.#begin();
      const copied = chunk.copy(this.#buffer, this.#filled, taken);
      this.#filled += copied;
      taken += copied;
      if (this.#filled === this.#buffer.length) await this.#passOn();
      if (this.#failure) throw this.#failure;
    }
    this.#idle ??= setTimeout(() => this.#storeSoFar(), IDLE_MS);
    this.#idle.refresh();
  }

  /** Stores what is left, and waits until all is stored. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#storing;
    this.#storeSoFar();
    await this.#storing;
    await Promise.all(this.#inFlight);
    if (this.#failure) throw this.#failure;
  }

  async #begin(): Promise<Buffer> {
    const buffer =
      this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#options.partBytes);
    const tail = this.#tail;
    this.#tail = undefined;
    if (tail) {
      this.#filled = (await tail.read()).copy(buffer);
      this.#stored = this.#filled;
      this.#offset = tail.offset;
    }
    return buffer;
  }

  /** Sends a full buffer on its way, and makes room for the next one. */
  async #passOn(): Promise<void> {
    // Of two writes to the same object, the longer one has to be the last.
    await this.#storing;
    const buffer = this.#buffer!;
    const put = this.#put(this.#offset, buffer).then(() => {
      this.#inFlight.delete(put);
      this.#free.push(buffer);
    });
    this.#inFlight.add(put);
    this.#buffer = undefined;
    this.#offset += buffer.length;
    this.#filled = 0;
    this.#stored = 0;
    if (this.#inFlight.size >= AT_ONCE) await Promise.race(this.#inFlight);
  }

  /** Stores a buffer that is not full yet. */
  #storeSoFar(): void {
    const length = this.#filled;
    if (!this.#buffer || this.#storing || length === this.#stored) return;
    const bytes = this.#buffer.subarray(0, length);
    this.#storing = this.#put(this.#offset, bytes).then(() => {
      this.#storing = undefined;
      this.#stored = length;
    });
  }

  /** Never rejects: a failure is kept for who writes or ends. */
  async #put(offset: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.#options.put(offset, bytes);
    } catch (error) {
      this.#failure ??= error;
    }
  }
}
