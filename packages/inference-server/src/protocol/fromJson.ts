import type { Datatype } from '@ml-platform/plugin-ml-common';
import { badRequest } from './InferenceError';
import { FLOAT16_LIMIT, toFloat16Bits } from './float16';
import { exactInteger } from './parseJson';
import type { TensorData } from './TensorData';

type Decoder = (name: string, values: unknown[]) => TensorData;

/** Numbers that JSON has no literal for, written as in Protocol Buffers' JSON. */
const SPECIAL: Record<string, number> = {
  NaN: NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
};

/** Checks and reads the elements of a tensor that came as JSON. */
export const FROM_JSON: Record<Datatype, Decoder> = {
  BOOL: decodeBooleans,
  UINT8: integers(Uint8Array, 0, 2 ** 8 - 1),
  UINT16: integers(Uint16Array, 0, 2 ** 16 - 1),
  UINT32: integers(Uint32Array, 0, 2 ** 32 - 1),
  INT8: integers(Int8Array, -(2 ** 7), 2 ** 7 - 1),
  INT16: integers(Int16Array, -(2 ** 15), 2 ** 15 - 1),
  INT32: integers(Int32Array, -(2 ** 31), 2 ** 31 - 1),
  UINT64: longIntegers(BigUint64Array, 'UINT64', 0n, 2n ** 64n - 1n),
  INT64: longIntegers(BigInt64Array, 'INT64', -(2n ** 63n), 2n ** 63n - 1n),
  FP16: (name, values) =>
    Uint16Array.from(
      floats(Float64Array, 'FP16', FLOAT16_LIMIT)(name, values) as Float64Array,
      toFloat16Bits,
    ),
  // From here on a number rounds to infinity as FP32.
  FP32: floats(Float32Array, 'FP32', 2 ** 128 - 2 ** 103),
  FP64: floats(Float64Array, 'FP64', Infinity),
  BYTES: decodeStrings,
};

function refuse(
  name: string,
  values: unknown[],
  index: number,
  must: string,
): never {
  // The value itself may be personal data and errors get logged by callers.
  const value = values[index];
  const kind = exactInteger(value) === undefined ? typeof value : 'number';
  throw badRequest(
    `input '${name}': element ${index} (a ${
      value === null ? 'null' : kind
    }) must be ${must}`,
  );
}

function integers(
  Target:
    | typeof Uint8Array
    | typeof Uint16Array
    | typeof Uint32Array
    | typeof Int8Array
    | typeof Int16Array
    | typeof Int32Array,
  min: number,
  max: number,
): Decoder {
  return (name, values) => {
    const target = new Target(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (!Number.isInteger(value) || !inRange(value as number, min, max)) {
        refuse(name, values, i, `a whole number from ${min} to ${max}`);
      }
      target[i] = value as number;
    }
    return target;
  };
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function longIntegers(
  Target: typeof BigInt64Array | typeof BigUint64Array,
  datatype: string,
  min: bigint,
  max: bigint,
): Decoder {
  return (name, values) => {
    const target = new Target(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      const exact = Number.isSafeInteger(value)
        ? BigInt(value as number)
        : exactInteger(value);
      if (exact === undefined || exact < min || exact > max) {
        refuse(name, values, i, `a whole number that fits ${datatype}`);
      }
      target[i] = exact;
    }
    return target;
  };
}

function floats(
  Target: typeof Float32Array | typeof Float64Array,
  datatype: string,
  limit: number,
): Decoder {
  return (name, values) => {
    const target = new Target(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (typeof value === 'number' && value < limit && value > -limit) {
        target[i] = value;
      } else {
        target[i] = unusualFloat(name, values, i, datatype, limit);
      }
    }
    return target;
  };
}

function unusualFloat(
  name: string,
  values: unknown[],
  index: number,
  datatype: string,
  limit: number,
): number {
  const value = values[index];
  if (typeof value === 'string') {
    if (Object.hasOwn(SPECIAL, value)) return SPECIAL[value];
    const long = Number(exactInteger(value) ?? NaN);
    if (long < limit && long > -limit) return long;
  }
  return refuse(
    name,
    values,
    index,
    `a number that fits ${datatype}, or "NaN", "Infinity" or "-Infinity"`,
  );
}

function decodeBooleans(name: string, values: unknown[]): Uint8Array {
  const target = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'boolean') refuse(name, values, i, 'true or false');
    target[i] = value ? 1 : 0;
  }
  return target;
}

function decodeStrings(name: string, values: unknown[]): string[] {
  values.forEach((value, i) => {
    if (typeof value !== 'string' || exactInteger(value) !== undefined) {
      refuse(name, values, i, 'a string');
    }
    if (/\p{Surrogate}/u.test(value)) {
      refuse(name, values, i, 'text in Unicode, without lone surrogates');
    }
  });
  return values as string[];
}
