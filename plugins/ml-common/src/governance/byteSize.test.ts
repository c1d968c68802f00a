import { formatByteSize, parseByteSize } from './byteSize';

it.each([
  ['12GiB', 12 * 1024 ** 3],
  ['1.5 tb', 1.5e12],
  ['10 GB', 10e9],
  ['1000', 1000],
  ['0', undefined],
  ['12 gallons', undefined],
  ['-1 GiB', undefined],
  ['99999999 TiB', undefined],
])('reads %s', (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

it.each([
  [12 * 1024 ** 3, '12 GiB'],
  [1.25 * 1024 ** 4, '1.3 TiB'],
  [1000, '1000 bytes'],
])('says %d bytes as %s', (bytes, text) => {
  expect(formatByteSize(bytes)).toBe(text);
});
