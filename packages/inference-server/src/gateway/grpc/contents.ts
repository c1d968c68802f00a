import type { Datatype } from '@ml-platform/plugin-ml-common';
import Long from 'long';
import { fromBinary } from '../../protocol/fromBinary';
import { badRequest, quoted } from '../../protocol/InferenceError';
import { ARRAY_TYPE } from '../../protocol/TensorData';
import { toBinary } from '../../protocol/toBinary';
import type { InferTensorContents } from './messages';

/** The field that holds the elements of a datatype; FP16 has none. */
const FIELD: Partial<Record<Datatype, keyof InferTensorContents>> = {
  BOOL: 'boolContents',
  INT8: 'intContents',
  INT16: 'intContents',
  INT32: 'intContents',
  INT64: 'int64Contents',
  UINT8: 'uintContents',
  UINT16: 'uintContents',
  UINT32: 'uintContents',
  UINT64: 'uint64Contents',
  FP32: 'fp32Contents',
  FP64: 'fp64Contents',
  BYTES: 'bytesContents',
};

/** Says whether elements of a datatype have a field of their own. */
export function hasContents(datatype: string): boolean {
  return Object.hasOwn(FIELD, datatype);
}

/**
 * Elements of typed contents in binary. A datatype that the protocol does not
 * have gives none: whoever knows the model says what is wrong with it.
 */
export function contentsToBinary(
  name: string,
  datatype: string,
  contents: InferTensorContents,
): Buffer {
  if (datatype === 'FP16') {
    throw badRequest(
      `input ${quoted(
        name,
      )}: FP16 has no typed contents; send raw_input_contents`,
    );
  }
  const field = FIELD[datatype as Datatype];
  if (!field) return Buffer.alloc(0);
  const wrong = (
    Object.keys(contents) as Array<keyof InferTensorContents>
  ).find(other => other !== field && contents[other]?.length);
  if (wrong) {
    throw badRequest(
      `input ${quoted(name)}: elements of ${datatype} belong in ${snakeCase(
        field,
      )}, not in ${snakeCase(wrong)}`,
    );
  }
  return encode(name, datatype as Exclude<Datatype, 'FP16'>, contents);
}

function encode(
  name: string,
  datatype: Exclude<Datatype, 'FP16'>,
  contents: InferTensorContents,
): Buffer {
  switch (datatype) {
    case 'BYTES':
      return strings(contents.bytesContents ?? []);
    case 'BOOL':
      return Buffer.from((contents.boolContents ?? []).map(Number));
    case 'INT64':
      return longs(contents.int64Contents ?? []);
    case 'UINT64':
      return longs(contents.uint64Contents ?? []);
    default: {
      const values = contents[FIELD[datatype]!] as number[] | undefined;
      return numbers(name, datatype, values ?? []);
    }
  }
}

function numbers(
  name: string,
  datatype: Exclude<Datatype, 'FP16' | 'BYTES' | 'BOOL' | 'INT64' | 'UINT64'>,
  values: number[],
): Buffer {
  const data = ARRAY_TYPE[datatype].from(values);
  // Narrow integers travel in fields of 32 bits.
  if (/^U?INT(8|16)$/.test(datatype)) {
    const index = values.findIndex((value, i) => data[i] !== value);
    if (index !== -1) {
      throw badRequest(
        `input ${quoted(
          name,
        )}: element ${index} must be a whole number that fits ${datatype}`,
      );
    }
  }
  return toBinary(data);
}

function longs(values: Long[]): Buffer {
  const halves = new Int32Array(values.length * 2);
  values.forEach(({ low, high }, i) => {
    halves[i * 2] = low;
    halves[i * 2 + 1] = high;
  });
  return toBinary(halves);
}

function strings(values: Buffer[]): Buffer {
  return Buffer.concat(
    values.flatMap(bytes => {
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** Elements in binary as typed contents. */
export function binaryToContents(
  name: string,
  datatype: Datatype,
  count: number,
  bytes: Buffer,
): Partial<Record<keyof InferTensorContents, unknown>> {
  const data = fromBinary(name, datatype, count, bytes);
  const field = FIELD[datatype]!;
  switch (datatype) {
    case 'BYTES':
      return { [field]: (data as string[]).map(text => Buffer.from(text)) };
    case 'BOOL':
      return { [field]: Array.from(data as Uint8Array, Boolean) };
    case 'INT64':
    case 'UINT64': {
      const { buffer, byteOffset } = data as BigInt64Array;
      const halves = new Int32Array(buffer, byteOffset, count * 2);
      const isUnsigned = datatype === 'UINT64';
      return {
        [field]: Array.from(
          { length: count },
          (_, i) => new Long(halves[i * 2], halves[i * 2 + 1], isUnsigned),
        ),
      };
    }
    default:
      return { [field]: data };
  }
}

function snakeCase(field: string): string {
  return field.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
