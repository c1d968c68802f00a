import { HEADER_LENGTH } from '../../protocol/BodyParts';
import type { GatewayError } from '../GatewayError';
import type { Reply } from '../pipeline/InferenceCall';
import { decodeResponse } from './decodeResponse';
import { encodeInferResponse, type ModelInferResponse } from './messages';
import { STATUS, toGrpcStatus } from './status';
import type { UnaryCall } from './UnaryCall';

/** The answer of a gRPC call: a message, so that it goes out as a whole. */
export class GrpcReply implements Reply {
  readonly #call: UnaryCall;
  readonly #typed: boolean;
  readonly #chunks: Buffer[] = [];
  #status = 200;
  #headerLength: string | undefined;
  #over = false;

  /** `typed`: the request had typed contents, so the response has, too. */
  constructor(call: UnaryCall, { typed }: { typed: boolean }) {
    this.#call = call;
    this.#typed = typed;
  }

  get started(): boolean {
    return this.#over || this.#chunks.length > 0;
  }

  get gone(): boolean {
    return this.#call.cancelled;
  }

  onGone(listener: () => void): void {
    this.#call.onCancelled(listener);
  }

  setHeader(name: string, value: string | number): void {
    this.#call.setMetadata(name, String(value));
  }

  begin(httpStatus: number, headers: Record<string, string | number>): void {
    this.#status = httpStatus;
    const length = headers[HEADER_LENGTH];
    this.#headerLength = length === undefined ? undefined : String(length);
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  onDrain(listener: () => void): void {
    listener();
  }

  end(chunk?: Buffer): void {
    if (chunk) this.#chunks.push(chunk);
    const body =
      this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (this.#status >= 400) {
      this.#fail(toGrpcStatus(this.#status), messageIn(body));
      return;
    }
    let response: ModelInferResponse;
    try {
      response = decodeResponse(body, this.#headerLength, this.#typed);
    } catch (error) {
      this.#fail(
        STATUS.INTERNAL,
        `the worker's answer is not of the protocol: ${
          (error as Error).message
        }`,
      );
      return;
    }
    this.#over = true;
    this.#call.respond(encodeInferResponse(response));
  }

  breakOff(): void {
    this.#fail(
      STATUS.UNAVAILABLE,
      'the worker ended while it worked on this request; send the request again',
    );
  }

  async refuse(error: GatewayError): Promise<number> {
    this.#over = true;
    this.#call.failWith(error);
    return Buffer.byteLength(error.message);
  }

  #fail(code: number, details: string): void {
    this.#over = true;
    this.#call.fail(code, details);
  }
}

/** The message in a worker's answer that is an error. */
function messageIn(body: Buffer): string {
  try {
    const { error } = JSON.parse(body.toString('utf8'));
    if (typeof error === 'string') return error;
  } catch {
    // Then it is told as it came.
  }
  return body.toString('utf8').slice(0, 1000);
}
