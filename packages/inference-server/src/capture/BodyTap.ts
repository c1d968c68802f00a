type Headers = Readonly<Record<string, string | number>>;

/** A body that passed, and how it is encoded. */
export interface TappedBody {
  bytes: Buffer;
  headers: Headers;
}

/** A body as far as it was seen. */
class BodyCopy {
  /** How it is encoded, as the protocol's headers say. */
  headers: Headers = {};
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  take(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#limit) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  /** Undefined when it was too large. */
  body(): TappedBody | undefined {
    if (this.#size > this.#limit) return undefined;
    return { bytes: Buffer.concat(this.#chunks), headers: this.headers };
  }
}

/** Keeps a copy of a request's and an answer's body as they pass, up to a size. */
export class BodyTap {
  readonly request: BodyCopy;
  readonly response: BodyCopy;

  /** With `isWhole` both bodies are wanted, else the answer alone. */
  constructor(limit: number, public readonly isWhole: boolean) {
    this.request = new BodyCopy(isWhole ? limit : 0);
    this.response = new BodyCopy(limit);
  }
}
