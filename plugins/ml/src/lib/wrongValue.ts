import type { Datatype } from '@ml-platform/plugin-ml-common';
import { callTexts } from '../callTexts';

/** A text, or anything else up to what ends it. */
const VALUE = /"(?:[^"\\]|\\.)*"|[^\s,[\]]+/g;
const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * What is wrong with the values of a JSON list for a datatype, in one sentence.
 * They are looked at as written: a parsed number has lost digits of a large one.
 */
export function wrongValue(
  datatype: Datatype,
  text: string,
): string | undefined {
  const values = text.match(VALUE) ?? [];
  if (datatype === 'BYTES') {
    return values.every(value => value.startsWith('"'))
      ? undefined
      : callTexts.noText;
  }
  if (datatype === 'BOOL') {
    return values.every(value => value === 'true' || value === 'false')
      ? undefined
      : callTexts.noBoolean;
  }
  const [, sign, bits] = /^(U?INT)(\d+)$/.exec(datatype) ?? [];
  if (!bits) {
    return values.every(value => NUMBER.test(value))
      ? undefined
      : callTexts.noNumber(datatype);
  }
  const range = rangeOf(sign === 'UINT', BigInt(bits));
  return values.every(value => INTEGER.test(value) && isWithin(range, value))
    ? undefined
    : callTexts.noInteger(datatype, range);
}

function rangeOf(isUnsigned: boolean, bits: bigint): [bigint, bigint] {
  return isUnsigned
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

function isWithin([least, most]: [bigint, bigint], value: string): boolean {
  const integer = BigInt(value);
  return least <= integer && integer <= most;
}
