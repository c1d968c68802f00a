import type { ModelInterface } from '../interface/tensors';
import { checkSample } from './checkSample';
import { formatIssue } from './issues';

const declared: ModelInterface = {
  inputs: [
    { name: 'amounts', datatype: 'FP32', shape: [-1, 2] },
    { name: 'country', datatype: 'BYTES', shape: [-1] },
  ],
  outputs: [{ name: 'score', datatype: 'FP32', shape: [-1] }],
};
const amounts = {
  name: 'amounts',
  datatype: 'FP32',
  shape: [2, 2],
  data: [1, 2, 3, 4],
};
const country = {
  name: 'country',
  datatype: 'BYTES',
  shape: [2],
  data: ['de', 'fr'],
};

const check = (...inputs: unknown[]) =>
  checkSample('samples/a.json', { inputs }, declared).map(formatIssue);

describe('checkSample', () => {
  it('accepts flat and nested data', () => {
    expect(check(amounts, country)).toEqual([]);
    const nested = {
      ...amounts,
      data: [
        [1, 2],
        [3, 4],
      ],
    };
    expect(check(nested, country)).toEqual([]);
  });

  it.each([
    [[amounts], "the input 'country' (BYTES [-1]) is missing"],
    [[amounts, country, amounts], "'amounts' is sent twice"],
    [[{ ...amounts, name: 'x' }, country], "'x' is not declared"],
    [[{ ...amounts, datatype: 'FP64' }, country], 'must be FP32, not FP64'],
    [[{ ...amounts, shape: [4] }, country], 'must fit [-1, 2], not [4]'],
    [[{ ...amounts, data: [1] }, country], 'has 1 values'],
    [[amounts, { ...country, data: ['de', 3] }], 'value 2 is 3, but BYTES'],
    [[{ ...amounts, data: undefined }, country], 'must be a list'],
  ])('names what is wrong (%#)', (inputs, message) => {
    expect(check(...inputs)[0]).toContain(message);
  });

  it('says what a request is when there is none', () => {
    expect(checkSample('a.json', [], declared)[0].message).toContain(
      'a list of inputs',
    );
  });
});
