import { fromFloat16Bits, toFloat16Bits } from './float16';

describe('half-precision numbers', () => {
  it('come back from all their bits', () => {
    for (let bits = 0; bits < 2 ** 16; bits++) {
      const value = fromFloat16Bits(bits);
      const back = toFloat16Bits(value);
      // There are many NaNs, and any of them will do.
      expect(Number.isNaN(value) ? 0x7e00 : bits).toBe(back);
    }
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [2 ** -25 * 1.0001, 0x0001],
    [-0, 0x8000],
    [Infinity, 0x7c00],
  ])('%d has the bits %d', (value, bits) => {
    expect(toFloat16Bits(value)).toBe(bits);
  });

  it('round to the nearest, ties to even', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [fromFloat16Bits(bits), fromFloat16Bits(bits + 1)];
      const middle = (low + high) / 2;
      expect(toFloat16Bits(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
      expect(toFloat16Bits(low + (high - low) * 0.49)).toBe(bits);
      expect(toFloat16Bits(low + (high - low) * 0.51)).toBe(bits + 1);
    }
  });
});
