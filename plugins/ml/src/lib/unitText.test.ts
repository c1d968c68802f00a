import type { PolicyUnit } from '@ml-platform/plugin-ml-common';
import { readUnit, unitText } from './unitText';

it.each<[number, PolicyUnit, string]>([
  [5, 'count', '5'],
  [0.07, 'share', '7 %'],
  [0.001, 'share', '0.1 %'],
  [12.5, 'percent', '12.5 %'],
  [90_000, 'duration', '1 min 30 s'],
  [2 * 1024 ** 3, 'bytes', '2 GiB'],
  [1_234_567_891, 'bytes', '1234567891 B'],
])('writes %d as %s, and reads the same again', (value, unit, text) => {
  expect(unitText(value, unit)).toBe(text);
  expect(readUnit(text, unit)).toBe(value);
});

it.each<[string, PolicyUnit]>([
  ['', 'count'],
  ['many', 'count'],
  ['5 %', 'count'],
  ['-1', 'share'],
  ['10', 'duration'],
  ['0', 'bytes'],
])('does not read %j as %s', (text, unit) => {
  expect(readUnit(text, unit)).toBeUndefined();
});
