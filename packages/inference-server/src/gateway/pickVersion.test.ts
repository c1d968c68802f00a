import { pickVersion } from './pickVersion';

describe('pickVersion', () => {
  const split = [
    { version: '1.0.0', weight: 0 },
    { version: '1.1.0', weight: 3 },
    { version: '1.2.0', weight: 0 },
    { version: '2.0.0', weight: 1 },
    { version: '3.0.0', weight: 0 },
  ];

  it('gives each version its share of the random numbers', () => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < 1000; i++) {
      const version = pickVersion(split, i / 1000);
      counts[version] = (counts[version] ?? 0) + 1;
    }
    expect(counts).toEqual({ '1.1.0': 750, '2.0.0': 250 });
  });

  it('never picks a version without weight, whatever the rounding', () => {
    const almostOne = 1 - 2 ** -53;
    expect(pickVersion(split, almostOne)).toBe('2.0.0');
    const odd = [0.1, 0.2, 0.7, 0].map((weight, i) => ({
      version: `${i}`,
      weight,
    }));
    expect(pickVersion(odd, almostOne)).toBe('2');
  });
});
