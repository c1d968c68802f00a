import { Readable } from 'node:stream';
import { InferenceError } from '../../protocol/InferenceError';
import { refused } from '../GatewayError';
import type { CallBody } from '../pipeline/InferenceCall';
import { encodeRequest } from './encodeRequest';
import type { ModelInferRequest } from './messages';

/** The message of an inference request, in the encoding that workers read. */
export class GrpcBody implements CallBody {
  declaredBytes = 0;
  headers: Record<string, string> = {};
  readonly #request: ModelInferRequest;
  #whole: Buffer | undefined;

  constructor(request: ModelInferRequest) {
    this.#request = request;
  }

  get receivedBytes(): number {
    return this.declaredBytes;
  }

  check(): void {
    this.#encoded();
  }

  async read(): Promise<Buffer> {
    return this.#encoded();
  }

  stream(): Readable {
    return Readable.from([this.#encoded()]);
  }

  #encoded(): Buffer {
    if (this.#whole) return this.#whole;
    try {
      const { body, headers } = encodeRequest(this.#request);
      this.#whole = body;
      this.headers = headers;
      this.declaredBytes = body.length;
      return body;
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      throw refused(error.message, error.status);
    }
  }
}
