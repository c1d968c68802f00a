import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import { fieldsOf, tryRequest } from './tryRequest';

const spec: ModelInterface = {
  inputs: [
    { name: 'rows', datatype: 'FP32', shape: [-1, 2] },
    { name: 'id', datatype: 'INT64', shape: [1] },
  ],
  outputs: [],
};

it('fills the fields from the sample, and with zeros where it has none', () => {
  const sample = { inputs: [{ name: 'rows', data: [[1, 2.5]] }] };
  expect(fieldsOf(spec, sample)).toEqual({ rows: '[[1,2.5]]', id: '[0]' });
  expect(fieldsOf(spec, 'nonsense')).toEqual({ rows: '[0,0]', id: '[0]' });
});

it.each([
  ['[1, 2, 3, 4]', [2, 2]],
  ['[[1, 2]]', [1, 2]],
])('finds the shape of %s', (rows, shape) => {
  const { body } = tryRequest(spec, { rows, id: '[1]' });
  expect(JSON.parse(body!).inputs[0].shape).toEqual(shape);
});

it('keeps each digit of a large integer', () => {
  const { body } = tryRequest(spec, {
    rows: '[1, 2]',
    id: '[9007199254740993]',
  });
  expect(body).toContain('"data":[9007199254740993]');
});

it.each([
  ['1, 2', 'Write a list, such as [1, 2.5]'],
  ['{}', 'Write a list, such as [1, 2.5]'],
  ['[1, 2, 3]', 'There are 3 values; the shape [any, 2] does not fit'],
  ['[[1, 2], [3]]', 'The inner lists are of different lengths'],
  ['[[1, 2, 3]]', 'The lists have the shape [1, 3]; it must be [any, 2]'],
])('says what is wrong with %s', (rows, reason) => {
  const { body, errors } = tryRequest(spec, { rows, id: '[1]' });
  expect(body).toBeUndefined();
  expect(errors.rows).toBe(reason);
});

it('refuses what is too large to be tried', () => {
  const rows = JSON.stringify(Array(200_000).fill(1));
  expect(tryRequest(spec, { rows, id: '[1]' }).error).toMatch(/256 KiB/);
});
