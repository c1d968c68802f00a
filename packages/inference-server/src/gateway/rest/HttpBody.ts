import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import { BodyTooLargeError, readBody } from '../../http/readBody';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import { GatewayError } from '../GatewayError';
import type { CallBody } from '../pipeline/InferenceCall';

/** The body of an HTTP request. */
export class HttpBody implements CallBody {
  readonly declaredBytes: number;
  readonly headers: Record<string, string> = {};
  receivedBytes = 0;
  readonly #request: IncomingMessage;
  readonly #limit: number;
  #whole: Promise<Buffer> | undefined;

  constructor(request: IncomingMessage, limit: number) {
    this.#request = request;
    this.#limit = limit;
    const { headers } = request;
    const headerLength = headers[HEADER_LENGTH];
    if (headerLength !== undefined) {
      this.headers[HEADER_LENGTH] = String(headerLength);
    }
    this.declaredBytes =
      headers['transfer-encoding'] === undefined
        ? Number(headers['content-length'] ?? 0)
        : Infinity;
  }

  check(): void {
    const { headers } = this.#request;
    const encoding = headers['content-encoding'];
    if (encoding && encoding !== 'identity') {
      throw new GatewayError({
        status: 415,
        failure: 'encoding',
        message: `content-encoding '${encoding.slice(
          0,
          100,
        )}' is not supported; send plain JSON`,
      });
    }
    const { declaredBytes } = this;
    if (Number.isFinite(declaredBytes) && declaredBytes > this.#limit) {
      throw tooLarge(
        `the body has ${declaredBytes} bytes, the limit is ${this.#limit}`,
      );
    }
  }

  read(): Promise<Buffer> {
    this.#whole ??= readBody(this.#request, this.#limit).then(
      whole => {
        this.receivedBytes = whole.length;
        return whole;
      },
      error => {
        throw error instanceof BodyTooLargeError
          ? tooLarge(error.message)
          : error;
      },
    );
    return this.#whole;
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
    return this.#request.pipe(measured);
  }
}

function tooLarge(what: string): GatewayError {
  return new GatewayError({
    status: 413,
    failure: 'too-large',
    message: `${what}; send fewer rows at a time`,
  });
}
