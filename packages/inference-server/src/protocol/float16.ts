const scratch = new DataView(new ArrayBuffer(8));

/** The largest number that does not round to infinity as FP16. */
export const FLOAT16_LIMIT = 65520;

/**
 * Bits of the half-precision number nearest to `value`, ties to even. Node 20
 * and 22 have no Float16Array.
 *
 * Goes straight from the double's bits: by way of FP32 it would round twice.
 */
export function toFloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= FLOAT16_LIMIT) return sign + 0x7c00;
  // Below 2^-14 the spacing is 2^-24 throughout (subnormal numbers).
  if (size < 2 ** -14) return sign + roundToEven(size * 2 ** 24);
  scratch.setFloat64(0, size);
  const exponent = (scratch.getUint16(0) >> 4) - 1023;
  // In [1024, 2048]; 2048 carries into the exponent, as it should.
  const mantissa = roundToEven(size * 2 ** (10 - exponent));
  return sign + (exponent + 14) * 1024 + mantissa;
}

/** The number that the bits of a half-precision number stand for. */
export function fromFloat16Bits(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) % 32;
  const fraction = bits % 1024;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}
