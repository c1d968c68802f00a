import type { ByteSource } from './ByteSource';
import { OnnxReadError } from './OnnxReadError';

/** Bytes fetched at once; a skipped field larger than this is never read. */
const WINDOW = 64 * 1024;

/**
 * Fields that one file may have. Each costs a moment of the caller's event
 * loop, and a hostile file could be made of nothing but two-byte fields.
 */
const MAX_FIELDS = 5_000_000;

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A part of the file: where a message begins and ends. */
export interface Range {
  start: number;
  end: number;
}

/** One field of a message. `value` is set for a varint, `range` for bytes. */
export interface Field {
  number: number;
  wire: number;
  value: bigint;
  range: Range;
}

/**
 * Walks protobuf messages in a byte source without a schema and without
 * loading what is skipped. Every length is checked against the message that
 * encloses it, so a lying file can make neither a large read nor a loop.
 */
export class ProtobufReader {
  readonly #source: ByteSource;
  #window = new Uint8Array(0);
  #windowStart = 0;
  #fields = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Calls `visit` for each field of the message, in the order of the file. */
  async walk(
    range: Range,
    visit: (field: Field) => Promise<void> | void,
  ): Promise<void> {
    let at = range.start;
    while (at < range.end) {
      this.#fields += 1;
      if (this.#fields > MAX_FIELDS) {
        throw new OnnxReadError(
          `it has more than ${MAX_FIELDS} fields, which no real model has`,
        );
      }
      const tag = await this.#varint(at, range.end);
      at = tag.next;
      const number = Number(tag.value >> 3n);
      const wire = Number(tag.value & 7n);
      if (number < 1 || number > 536_870_911) {
        throw damaged(at, 'a field with an impossible number');
      }
      const field: Field = {
        number,
        wire,
        value: 0n,
        range: { start: at, end: at },
      };
      switch (wire) {
        case WIRE.varint: {
          const read = await this.#varint(at, range.end);
          field.value = read.value;
          at = read.next;
          break;
        }
        case WIRE.bytes: {
          const length = await this.#varint(at, range.end);
          const left = range.end - length.next;
          if (length.value > BigInt(left)) {
            throw damaged(
              at,
              `a field of ${length.value} bytes where ${left} are left`,
            );
          }
          field.range = {
            start: length.next,
            end: length.next + Number(length.value),
          };
          at = field.range.end;
          break;
        }
        case WIRE.fixed64:
        case WIRE.fixed32:
          at += wire === WIRE.fixed64 ? 8 : 4;
          if (at > range.end) throw damaged(at, 'a number that is cut off');
          break;
        default:
          throw damaged(at, `a field of the unknown wire type ${wire}`);
      }
      await visit(field);
    }
  }

  /** Reads a field of text; `limit` bounds what is loaded. */
  async text(field: Field, limit: number): Promise<string> {
    expectBytes(field);
    const { start, end } = field.range;
    if (end - start > limit) {
      throw damaged(
        start,
        `a text of ${end - start} bytes, more than ${limit}`,
      );
    }
    const bytes = await this.#bytes(start, end - start);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw damaged(start, 'a text that is not UTF-8');
    }
  }

  async #varint(at: number, end: number) {
    let value = 0n;
    for (let index = 0; index < 10; index += 1) {
      if (at + index >= end) throw damaged(at, 'a number that is cut off');
      const byte = await this.#byte(at + index);
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        return { value: BigInt.asUintN(64, value), next: at + index + 1 };
      }
    }
    throw damaged(at, 'a number of more than ten bytes');
  }

  #byte(at: number): number | Promise<number> {
    const index = at - this.#windowStart;
    if (index >= 0 && index < this.#window.length) return this.#window[index];
    return this.#bytes(at, 1).then(bytes => bytes[0]);
  }

  async #bytes(start: number, length: number): Promise<Uint8Array> {
    const index = start - this.#windowStart;
    if (index < 0 || index + length > this.#window.length) {
      const wanted = Math.min(
        Math.max(length, WINDOW),
        this.#source.size - start,
      );
      this.#window = await this.#source.read(start, wanted);
      this.#windowStart = start;
      if (this.#window.length < length) {
        throw new OnnxReadError(
          `it is cut off: it has fewer than the ${
            this.#source.size
          } bytes it should have`,
        );
      }
    }
    const from = start - this.#windowStart;
    return this.#window.subarray(from, from + length);
  }
}

export function expectBytes(field: Field) {
  if (field.wire !== WIRE.bytes) {
    throw damaged(
      field.range.start,
      `field ${field.number} with wire type ${field.wire} instead of bytes`,
    );
  }
}

function damaged(at: number, what: string) {
  return new OnnxReadError(
    `it is damaged or not an ONNX file: ${what}, at byte ${at}`,
  );
}
