import type { Datatype } from '@ml-platform/plugin-ml-common';
import { badRequest } from './InferenceError';
import { ARRAY_TYPE, type TensorData } from './TensorData';

/** Before each element of a BYTES tensor stands its length. */
const LENGTH_BYTES = 4;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the elements of a tensor from the binary tensor extension's encoding:
 * little-endian and without padding, a BOOL as one byte, an element of BYTES as
 * its length in four bytes and the bytes. Numbers are not copied when they lie
 * where the processor can read them.
 *
 * Nothing is allocated before the sizes are known to agree.
 */
export function fromBinary(
  name: string,
  datatype: Datatype,
  count: number,
  bytes: Buffer,
): TensorData {
  if (datatype === 'BYTES') return readStrings(name, count, bytes);
  const Type = ARRAY_TYPE[datatype];
  const size = Type.BYTES_PER_ELEMENT;
  if (bytes.length !== count * size) {
    throw badRequest(
      `input '${name}': its binary data has ${
        bytes.length
      } bytes, but ${count} elements of ${datatype} have ${
        count * size
      }; make shape, datatype and data agree`,
    );
  }
  const aligned =
    bytes.byteOffset % size === 0 ? bytes : Buffer.from(Uint8Array.from(bytes));
  // Every platform that Node and ONNX Runtime have builds for is little-endian.
  const data = new Type(
    aligned.buffer as ArrayBuffer,
    aligned.byteOffset,
    count,
  );
  if (datatype === 'BOOL') checkBooleans(name, data as Uint8Array);
  return data;
}

function checkBooleans(name: string, data: Uint8Array): void {
  const index = data.findIndex(byte => byte > 1);
  if (index === -1) return;
  throw badRequest(
    `input '${name}': element ${index} must be a byte of 0 or 1`,
  );
}

function readStrings(name: string, count: number, bytes: Buffer): string[] {
  const refuse = (what: string) =>
    badRequest(
      `input '${name}': ${what}; before each of its ${count} elements stands the length in 4 bytes, little-endian`,
    );
  if (bytes.length < count * LENGTH_BYTES) {
    throw refuse(`its binary data ends too early, after ${bytes.length} bytes`);
  }
  const strings: string[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const from = at + LENGTH_BYTES;
    const to = from <= bytes.length ? from + bytes.readUInt32LE(at) : Infinity;
    if (to > bytes.length) {
      throw refuse(`its binary data ends too early, in element ${index}`);
    }
    strings.push(decodeText(name, index, bytes.subarray(from, to)));
    at = to;
  }
  if (at !== bytes.length) {
    throw refuse(
      `its binary data has ${bytes.length - at} bytes after the last element`,
    );
  }
  return strings;
}

function decodeText(name: string, index: number, bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw badRequest(
      `input '${name}': element ${index} must be text in UTF-8; encode other bytes, for instance as Base64`,
    );
  }
}
