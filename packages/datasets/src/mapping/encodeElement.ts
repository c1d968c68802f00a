import type { Datatype } from '@ml-platform/plugin-ml-common';
import { RowError } from './RowError';

type Encoder = (value: unknown, isText: boolean) => string;

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL = ['NaN', 'Infinity', '-Infinity'];

const ENCODERS: Record<Datatype, Encoder> = {
  BOOL: encodeBoolean,
  UINT8: integers(0n, 2n ** 8n - 1n),
  UINT16: integers(0n, 2n ** 16n - 1n),
  UINT32: integers(0n, 2n ** 32n - 1n),
  UINT64: integers(0n, 2n ** 64n - 1n),
  INT8: integers(-(2n ** 7n), 2n ** 7n - 1n),
  INT16: integers(-(2n ** 15n), 2n ** 15n - 1n),
  INT32: integers(-(2n ** 31n), 2n ** 31n - 1n),
  INT64: integers(-(2n ** 63n), 2n ** 63n - 1n),
  // From here on a number rounds to infinity.
  FP16: floats(65_520),
  FP32: floats(2 ** 128 - 2 ** 103),
  FP64: floats(Infinity),
  BYTES: encodeString,
};

/**
 * One element of a tensor as the JSON of the protocol, strictly: nothing is
 * rounded to a whole number, no number becomes text and no text of a JSON file
 * a number.
 */
export function encodeElement(
  datatype: Datatype,
  value: unknown,
  isText: boolean,
): string {
  return ENCODERS[datatype](value, isText);
}

function integers(min: bigint, max: bigint): Encoder {
  return (value, isText) => {
    let exact: bigint | undefined;
    if (typeof value === 'bigint') exact = value;
    else if (Number.isSafeInteger(value)) exact = BigInt(value as number);
    else if (isText && /^[+-]?\d+$/.test(value as string)) {
      exact = BigInt((value as string).replace('+', ''));
    }
    if (exact === undefined || exact < min || exact > max) {
      throw new RowError(`must be a whole number from ${min} to ${max}`);
    }
    return String(exact);
  };
}

function floats(limit: number): Encoder {
  return (value, isText) => {
    if (SPECIAL.includes(String(value))) return `"${value}"`;
    let number = NaN;
    if (typeof value === 'number' || typeof value === 'bigint') {
      number = Number(value);
    } else if (isText && FLOAT.test(value as string)) {
      number = Number(value);
    }
    if (!(Math.abs(number) < limit)) {
      throw new RowError(
        'must be a number that fits the datatype, or NaN, Infinity or -Infinity',
      );
    }
    return Object.is(number, -0) ? '-0.0' : String(number);
  };
}

function encodeBoolean(value: unknown, isText: boolean): string {
  if (typeof value === 'boolean') return String(value);
  const text = isText ? String(value).toLowerCase() : undefined;
  if (text === 'true' || text === 'false') return text;
  throw new RowError('must be true or false');
}

function encodeString(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  throw new RowError('must be text');
}
