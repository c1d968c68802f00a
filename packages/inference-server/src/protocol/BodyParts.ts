import { badRequest } from './InferenceError';

/** The header that says how much of a body is JSON; binary tensors follow. */
export const HEADER_LENGTH = 'inference-header-content-length';

/** A body of the protocol: JSON, and binary tensors after it in the order of the JSON. */
export class BodyParts {
  readonly json: Buffer;
  readonly #binary: Buffer | undefined;
  #at = 0;

  /** `headerLength` is the value of the header, when there is one. */
  constructor(body: Buffer, headerLength: string | undefined) {
    if (headerLength === undefined) {
      this.json = body;
      return;
    }
    const length = /^\d{1,15}$/.test(headerLength) ? Number(headerLength) : NaN;
    if (!(length <= body.length)) {
      throw badRequest(
        `Inference-Header-Content-Length must be the number of bytes that the JSON has, which stands before the binary data; the body has ${body.length} bytes`,
      );
    }
    this.json = body.subarray(0, length);
    this.#binary = body.subarray(length);
  }

  /** The next binary tensor. */
  take(name: string, size: unknown): Buffer {
    if (!this.#binary) {
      throw badRequest(
        `input '${name}': binary_data_size needs the header Inference-Header-Content-Length with the number of bytes of the JSON`,
      );
    }
    if (!Number.isSafeInteger(size) || (size as number) < 0) {
      throw badRequest(
        `input '${name}': binary_data_size must be a number of bytes`,
      );
    }
    const rest = this.#binary.length - this.#at;
    if ((size as number) > rest) {
      throw badRequest(
        `input '${name}': binary_data_size is ${size}, but only ${rest} bytes of binary data are left; the tensors stand in the order of the inputs`,
      );
    }
    const from = this.#at;
    this.#at += size as number;
    return this.#binary.subarray(from, this.#at);
  }

  /** Throws when there is more than the tensors took. */
  finish(): void {
    const rest = (this.#binary?.length ?? 0) - this.#at;
    if (!rest) return;
    throw badRequest(
      `the body has ${rest} bytes of binary data that belong to no input; give each its binary_data_size`,
    );
  }
}
