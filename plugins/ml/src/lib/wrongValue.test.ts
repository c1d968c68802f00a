import type { Datatype } from '@ml-platform/plugin-ml-common';
import { wrongValue } from './wrongValue';

it.each<[Datatype, string]>([
  ['FP32', '[1, -2.5, 1e-3]'],
  ['FP64', '[[1], [2]]'],
  ['INT8', '[-128, 127]'],
  ['INT64', '[9223372036854775807, -9223372036854775808]'],
  ['UINT64', '[18446744073709551615]'],
  ['BOOL', '[true, false]'],
  ['BYTES', '["a", "[1, 2]", "it\'s \\"so\\", x"]'],
  ['FP32', '[]'],
])('takes for %s: %s', (datatype, text) => {
  expect(wrongValue(datatype, text)).toBeUndefined();
});

it.each<[Datatype, string, string]>([
  ['FP32', '[1, "2"]', 'Every value of FP32 must be a number, such as 2.5'],
  ['FP32', '[null]', 'Every value of FP32 must be a number, such as 2.5'],
  [
    'INT8',
    '[128]',
    'Every value of INT8 must be a whole number from -128 to 127',
  ],
  [
    'UINT8',
    '[1.5]',
    'Every value of UINT8 must be a whole number from 0 to 255',
  ],
  [
    'INT64',
    '[9223372036854775808]',
    'Every value of INT64 must be a whole number from -9223372036854775808 to 9223372036854775807',
  ],
  ['BOOL', '[1]', 'Every value of BOOL must be true or false'],
  ['BYTES', '[1]', 'Every value of BYTES must be a text in double quotes'],
])('refuses for %s: %s', (datatype, text, reason) => {
  expect(wrongValue(datatype, text)).toBe(reason);
});
