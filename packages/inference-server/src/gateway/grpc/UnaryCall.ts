import {
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { MemoryBudget } from '../../http/MemoryBudget';
import { asGatewayError, unavailable } from '../GatewayError';
import { ACCEPTED_ENCODINGS, frame, type MessageLimits } from './message';
import { MessageReader } from './MessageReader';
import { STATUS, toGrpcStatus } from './status';
import { encodeDetails, timeoutMs } from './wire';

/** The operating system takes so much over, whether a caller fetches it or not. */
const KERNEL_BYTES = 64 * 1024;
/** From the refusal of a message that does not come to its end until its stream is cut. */
const LINGER_MS = 1_000;

export interface CallLimits extends MessageLimits {
  /** How long a caller may take to send its message, or make no progress with its answer. */
  callerMs: number;
  memory: MemoryBudget;
}

/** Who is at the other end of a connection. */
export interface Peer {
  /** Empty when it is gone. */
  address: string;
  /** The client certificate as it came (DER), and its URI names if it was verified. */
  certificate?: Buffer;
  certificateUris: readonly string[];
}

/**
 * One call of gRPC with one message each way, on a stream of HTTP/2:
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export class UnaryCall {
  readonly headers: IncomingHttpHeaders;
  readonly peer: Peer;
  readonly #stream: ServerHttp2Stream;
  readonly #limits: CallLimits;
  readonly #metadata: OutgoingHttpHeaders = {
    'content-type': 'application/grpc',
  };
  readonly #deadline: NodeJS.Timeout | undefined;
  #onCancelled: (() => void) | undefined;
  #isOver = false;
  #isCancelled = false;

  constructor(options: {
    stream: ServerHttp2Stream;
    headers: IncomingHttpHeaders;
    peer: Peer;
    limits: CallLimits;
  }) {
    const { stream, headers } = options;
    this.headers = headers;
    this.peer = options.peer;
    this.#stream = stream;
    this.#limits = options.limits;
    // What went wrong shows when it closes.
    stream.on('error', () => {});
    stream.once('close', () => {
      clearTimeout(this.#deadline);
      if (!this.#isOver) this.#cancel();
    });
    const timeout = timeoutMs(headers['grpc-timeout']);
    if (timeout === undefined) return;
    this.#deadline = setTimeout(() => {
      if (this.#isOver) return;
      this.fail(
        STATUS.DEADLINE_EXCEEDED,
        'there was no answer before the deadline that the caller set',
      );
      this.#cancel();
    }, timeout);
  }

  /** Nobody waits for the answer any more: the caller gave up, or its deadline passed. */
  get cancelled(): boolean {
    return this.#isCancelled;
  }

  /** Calls back once, at once when it is so already, when the call is cancelled. */
  onCancelled(listener: () => void): void {
    if (this.#isCancelled) listener();
    else this.#onCancelled = listener;
  }

  /** Sent with the answer, whatever the answer will be. */
  setMetadata(name: string, value: string): void {
    this.#metadata[name] = value;
  }

  /** Hands the caller's message over when it is complete; answers by itself when it cannot be taken. */
  receive(take: (message: Buffer) => void): void {
    const { callerMs } = this.#limits;
    const stream = this.#stream;
    const reader = new MessageReader(
      this.headers['grpc-encoding'],
      this.#limits,
    );
    const late = setTimeout(() => {
      this.fail(
        STATUS.DEADLINE_EXCEEDED,
        `the message was not complete within ${callerMs / 1000} s`,
      );
      // Time enough to hear why; what it sends until then is not kept.
      setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), LINGER_MS);
    }, callerMs);
    stream.once('close', () => {
      clearTimeout(late);
      reader.release();
    });
    stream.on('data', (chunk: Buffer) => {
      if (this.#isOver) return;
      try {
        reader.add(chunk);
      } catch (error) {
        this.failWith(error);
      }
    });
    stream.once('end', () => {
      clearTimeout(late);
      if (this.#isOver) return;
      reader.finish(
        message => {
          if (!this.#isOver) take(message);
        },
        error => this.failWith(error),
      );
    });
  }

  respond(message: Uint8Array): void {
    const isLarge = message.length > KERNEL_BYTES;
    if (isLarge && !this.#holdAnswer(message.length)) {
      this.failWith(
        unavailable(
          'overloaded',
          'answers that others do not fetch fill the memory that there is for them; ask for fewer rows at a time',
        ),
      );
      return;
    }
    if (!this.#begin()) return;
    this.#sendStatus({ 'grpc-status': '0' });
    this.#stream.end(frame(message));
  }

  /** Until it is fetched; who makes no progress with that is cut off. */
  #holdAnswer(bytes: number): boolean {
    const { callerMs, memory } = this.#limits;
    const stream = this.#stream;
    if (stream.destroyed) return true;
    if (!memory.take(bytes)) return false;
    stream.once('close', () => memory.give(bytes));
    // Node looks whether some of it went out in between.
    stream.setTimeout(callerMs, () => stream.close(constants.NGHTTP2_CANCEL));
    return true;
  }

  /** Ends the call with what was thrown. */
  failWith(error: unknown): void {
    const { message, retryAfter, status } = asGatewayError(error);
    if (retryAfter !== undefined) {
      this.setMetadata('retry-after', String(retryAfter));
    }
    this.fail(toGrpcStatus(status), message);
  }

  fail(code: number, details: string): void {
    if (!this.#begin()) return;
    this.#sendStatus({
      'grpc-status': String(code),
      'grpc-message': encodeDetails(details),
    });
    this.#stream.end();
  }

  /** Says false when the call is over or nobody is there any more. */
  #begin(): boolean {
    const { closed, destroyed } = this.#stream;
    if (this.#isOver || closed || destroyed) return false;
    this.#isOver = true;
    clearTimeout(this.#deadline);
    this.#metadata['grpc-accept-encoding'] = ACCEPTED_ENCODINGS;
    this.#stream.respond(this.#metadata, { waitForTrailers: true });
    return true;
  }

  #sendStatus(trailers: OutgoingHttpHeaders): void {
    const stream = this.#stream;
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
  }

  #cancel(): void {
    this.#isCancelled = true;
    this.#onCancelled?.();
  }
}
