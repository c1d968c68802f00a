import { count, formatBytes, formatShape, shortDigest } from './format';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1234, '1.2 kB'],
  [999_960, '1.0 MB'],
  [345_000_000, '345 MB'],
  [10_000_000_000, '10.0 GB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('shortens a digest', () => {
  expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('abababababab');
});

it('names a dimension that the caller chooses', () => {
  expect(formatShape([-1, 13])).toBe('[any, 13]');
});

it('counts', () => {
  expect([count(1, 'model'), count(0, 'model')]).toEqual([
    '1 model',
    '0 models',
  ]);
});
