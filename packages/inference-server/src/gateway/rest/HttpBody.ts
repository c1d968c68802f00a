import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { BodyTooLargeError, readBody } from '../../http/readBody';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import type { MemoryBudget } from '../../http/MemoryBudget';
import { GatewayError, tooLarge, unavailable } from '../GatewayError';
import type { CallBody } from '../pipeline/InferenceCall';

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
};

/** The body of an HTTP request. */
export class HttpBody implements CallBody {
  readonly declaredBytes: number;
  readonly headers: Record<string, string> = {};
  receivedBytes = 0;
  readonly #request: IncomingMessage;
  readonly #limit: number;
  /** `gzip`, say; undefined for a body that is sent as it is. */
  readonly #encoding: string | undefined;
  readonly #memory: MemoryBudget;
  #taken = 0;
  #whole: Promise<Buffer> | undefined;

  constructor(
    request: IncomingMessage,
    options: { maxBodyBytes: number; memory: MemoryBudget },
  ) {
    this.#request = request;
    this.#limit = options.maxBodyBytes;
    this.#memory = options.memory;
    const { headers } = request;
    const headerLength = headers[HEADER_LENGTH];
    if (headerLength !== undefined) {
      this.headers[HEADER_LENGTH] = String(headerLength);
    }
    const encoding = headers['content-encoding']?.toLowerCase();
    if (encoding && encoding !== 'identity') this.#encoding = encoding;
    this.declaredBytes =
      headers['transfer-encoding'] === undefined && !this.#encoding
        ? Number(headers['content-length'] ?? 0)
        : Infinity;
  }

  check(): void {
    const encoding = this.#encoding;
    if (encoding && !Object.hasOwn(DECODERS, encoding)) {
      throw new GatewayError({
        status: 415,
        failure: 'encoding',
        message: `content-encoding '${encoding.slice(
          0,
          100,
        )}' is not supported; send the body as it is, or by gzip or deflate`,
      });
    }
    const length = Number(this.#request.headers['content-length'] ?? 0);
    if (length > this.#limit) {
      throw tooLarge(
        `the body has ${length} bytes, the limit is ${this.#limit}`,
      );
    }
  }

  read(): Promise<Buffer> {
    this.#whole ??= this.#read();
    return this.#whole;
  }

  async #read(): Promise<Buffer> {
    if (this.#encoding) {
      const chunks: Buffer[] = [];
      for await (const chunk of this.stream()) {
        this.#take(chunk.length);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    }
    try {
      const whole = await readBody(this.#request, this.#limit, bytes =>
        this.#take(bytes),
      );
      this.receivedBytes = whole.length;
      return whole;
    } catch (error) {
      throw error instanceof BodyTooLargeError
        ? tooLarge(error.message)
        : error;
    }
  }

  release(): void {
    this.#memory.give(this.#taken);
    this.#taken = 0;
    this.#whole = undefined;
  }

  #take(bytes: number): void {
    if (!this.#memory.take(bytes)) {
      throw unavailable(
        'overloaded',
        'the bodies of other requests fill the memory that there is for them; send fewer at a time',
      );
    }
    this.#taken += bytes;
  }

  /**
   * A stream between, because undici destroys what it reads from when a worker
   * dies, and to destroy a request is to hang up on the caller.
   */
  stream(): Readable {
    const measured = new Transform({
      transform: (chunk: Buffer, _, done) => {
        this.receivedBytes += chunk.length;
        if (this.receivedBytes <= this.#limit) done(null, chunk);
        else done(tooLarge(new BodyTooLargeError(this.#limit).message));
      },
    });
    // Its reader is told of its errors.
    measured.on('error', () => {});
    if (!this.#encoding) return this.#request.pipe(measured);
    this.#decode(this.#encoding, measured);
    return measured;
  }

  /** The limit holds for what comes out: a few bytes may unfold to gigabytes. */
  #decode(encoding: string, target: Transform): void {
    const decoder = DECODERS[encoding]();
    decoder.once('error', () => target.destroy(malformed(encoding)));
    target.once('close', () => decoder.destroy());
    this.#request.once('close', () => {
      if (!this.#request.complete) target.destroy(malformed(encoding));
    });
    this.#request.pipe(decoder).pipe(target);
  }
}

function malformed(encoding: string): GatewayError {
  return new GatewayError({
    status: 400,
    failure: 'encoding',
    message: `the body is not valid ${encoding}, which content-encoding says it is`,
  });
}
