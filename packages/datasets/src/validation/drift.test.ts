import {
  kolmogorovSmirnov,
  numericStability,
  populationStability,
} from './drift';

/** Evenly spread numbers, moved and stretched. */
const spread = (rows: number, shift = 0, width = 1) =>
  Float64Array.from({ length: rows }, (_, row) => shift + (width * row) / rows);

describe('drift', () => {
  it('is nothing between a distribution and itself', () => {
    const values = spread(1000);
    expect(numericStability(values, values)).toBeCloseTo(0, 10);
    expect(kolmogorovSmirnov(values, values)).toEqual({
      distance: 0,
      probability: 1,
    });
  });

  it('has the stability index of its formula', () => {
    // (0.3 - 0.5) ln(0.3 / 0.5) + (0.7 - 0.5) ln(0.7 / 0.5)
    expect(populationStability([50, 50], [30, 70])).toBeCloseTo(0.16946, 5);
  });

  it('has the distance that scipy.stats.ks_2samp computes', () => {
    // ks_2samp(np.arange(300) / 300, np.arange(200) / 200 * 0.8, method='asymp')
    const { distance, probability } = kolmogorovSmirnov(
      spread(300),
      spread(200, 0, 0.8),
    );
    expect(distance).toBeCloseTo(0.2033333333, 9);
    // Ours corrects for few rows, which that does not.
    expect(probability).toBeGreaterThan(7.939e-5 / 2);
    expect(probability).toBeLessThan(7.939e-5 * 2);
  });

  it('is not seen in a few rows of the same distribution', () => {
    const few = spread(60);
    const other = spread(70);
    expect(numericStability(few, other)).toBeLessThan(0.1);
    expect(kolmogorovSmirnov(few, other).probability).toBeGreaterThan(0.5);
  });

  it('is seen in a shift', () => {
    expect(numericStability(spread(500), spread(500, 0.3))).toBeGreaterThan(1);
  });
});
