import { gunzip, inflate } from 'node:zlib';
import type { MemoryBudget } from '../../http/MemoryBudget';
import { GatewayError, refused, tooLarge, unavailable } from '../GatewayError';
import {
  ACCEPTED_ENCODINGS,
  type MessageLimits,
  PREFIX_BYTES,
} from './message';

const UNPACK = { gzip: gunzip, deflate: inflate };

/** Puts the one message of a call together, as its pieces come. */
export class MessageReader {
  readonly #encoding: string;
  readonly #limits: MessageLimits & { memory: MemoryBudget };
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  /** Of the memory that all callers share. */
  #takenBytes = 0;
  #isReleased = false;
  /** Of all that comes, once the length is there. */
  #expectedBytes: number | undefined;

  constructor(
    encoding: string | string[] | undefined,
    limits: MessageLimits & { memory: MemoryBudget },
  ) {
    this.#encoding = String(encoding ?? 'identity');
    this.#limits = limits;
  }

  /** Throws a {@link GatewayError} when the message cannot be taken. */
  add(chunk: Buffer): void {
    this.#take(chunk.length);
    this.#chunks.push(chunk);
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes < PREFIX_BYTES) return;
    if (this.#expectedBytes === undefined) {
      const length = this.#joined().readUInt32BE(1);
      this.#checkLength(length);
      this.#expectedBytes = PREFIX_BYTES + length;
    }
    if (this.#receivedBytes > this.#expectedBytes) {
      throw refused('a call has one message, and there is more after it');
    }
  }

  /** Calls back with the message when all has come, at once where it is not compressed. */
  finish(
    take: (message: Buffer) => void,
    refuse: (error: GatewayError) => void,
  ): void {
    if (this.#receivedBytes !== this.#expectedBytes) {
      refuse(
        refused(
          this.#receivedBytes
            ? 'the call ended before its message was complete'
            : 'the call has no message',
        ),
      );
      return;
    }
    const whole = this.#joined();
    const message = whole.subarray(PREFIX_BYTES);
    if (whole[0] === 0) {
      take(message);
      return;
    }
    this.#unpack(message, take, refuse);
  }

  /** Nobody needs the message any more. */
  release(): void {
    this.#isReleased = true;
    this.#limits.memory.give(this.#takenBytes);
    this.#takenBytes = 0;
    this.#chunks = [];
  }

  #unpack(
    message: Buffer,
    take: (message: Buffer) => void,
    refuse: (error: GatewayError) => void,
  ): void {
    const encoding = this.#encoding;
    if (encoding === 'identity') {
      refuse(refused('the message is marked as compressed, without how'));
      return;
    }
    if (!Object.hasOwn(UNPACK, encoding)) {
      refuse(
        new GatewayError({
          status: 415,
          failure: 'encoding',
          message: `grpc-encoding '${encoding.slice(
            0,
            100,
          )}' is not supported; there are ${ACCEPTED_ENCODINGS}`,
        }),
      );
      return;
    }
    const { maxMessageBytes } = this.#limits;
    const options = { maxOutputLength: maxMessageBytes };
    UNPACK[encoding as keyof typeof UNPACK](message, options, (error, all) => {
      try {
        if (error) throw this.#whyNot(error);
        this.#take(all.length);
        take(all);
      } catch (problem) {
        refuse(problem as GatewayError);
      }
    });
  }

  #whyNot(error: NodeJS.ErrnoException): GatewayError {
    return error.code === 'ERR_BUFFER_TOO_LARGE'
      ? this.#tooLarge('the message has more when it is unpacked')
      : refused(
          `the message is not valid ${
            this.#encoding
          }, which grpc-encoding says it is`,
        );
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0];
  }

  #checkLength(length: number): void {
    if (length <= this.#limits.maxMessageBytes) return;
    throw this.#tooLarge(`the message has ${length} bytes`);
  }

  #tooLarge(what: string): GatewayError {
    return tooLarge(`${what}, the limit is ${this.#limits.maxMessageBytes}`);
  }

  #take(bytes: number): void {
    if (this.#isReleased) return;
    if (!this.#limits.memory.take(bytes)) {
      throw unavailable(
        'overloaded',
        'the messages of other calls fill the memory that there is for them; send fewer at a time',
      );
    }
    this.#takenBytes += bytes;
  }
}
