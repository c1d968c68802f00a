import type { Datatype } from '@ml-platform/plugin-ml-common';
import { fromFloat16Bits } from './float16';
import type { TensorData } from './TensorData';

/**
 * Elements of a tensor as JSON, without the brackets, by their exact value.
 * What JSON has no literal for becomes "NaN", "Infinity" or "-Infinity", as in
 * Protocol Buffers' JSON.
 */
export function toJson(datatype: Datatype, data: TensorData): string {
  switch (datatype) {
    case 'BYTES':
      return JSON.stringify(data).slice(1, -1);
    case 'BOOL':
      return Array.from(data as Uint8Array, Boolean).join(',');
    case 'FP16':
      return floats(Array.from(data as Uint16Array, fromFloat16Bits));
    case 'FP32':
      return floats(data as Float32Array);
    case 'FP64':
      return floats(data as Float64Array);
    default:
      return (data as Int32Array).join(',');
  }
}

function floats(values: Float32Array | Float64Array | number[]): string {
  const exact = hasNegativeZero(values)
    ? withSignedZeros(values)
    : values.join(',');
  // Both NaN and Infinity hold an 'N' or an 'I'; no finite number does.
  if (!exact.includes('N') && !exact.includes('I')) return exact;
  return exact.replace(/-?Infinity|NaN/g, '"$&"');
}

/** `join` would write them as 0, and many parsers take -0 for an integer, which has none. */
function hasNegativeZero(
  values: Float32Array | Float64Array | number[],
): boolean {
  for (let i = 0; i < values.length; i++) {
    if (Object.is(values[i], -0)) return true;
  }
  return false;
}

function withSignedZeros(
  values: Float32Array | Float64Array | number[],
): string {
  return Array.from(values, value =>
    Object.is(value, -0) ? '-0.0' : String(value),
  ).join(',');
}
