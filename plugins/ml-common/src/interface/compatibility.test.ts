import { findBreakingChanges } from './compatibility';
import type { ModelInterface, TensorSpec } from './tensors';

const tensor = (text: string): TensorSpec => {
  const [name, datatype, shape] = text.split(' ');
  return {
    name,
    datatype: datatype as TensorSpec['datatype'],
    shape: JSON.parse(shape),
  };
};
const of = (inputs: string[], outputs: string[]): ModelInterface => ({
  inputs: inputs.map(tensor),
  outputs: outputs.map(tensor),
});
const before = of(['x FP32 [8,13]'], ['label INT64 [-1]', 'score FP32 [-1,3]']);

describe('findBreakingChanges', () => {
  it.each([
    ['nothing changed', before],
    [
      'an input takes any size where it took one',
      of(['x FP32 [-1,13]'], ['label INT64 [-1]', 'score FP32 [-1,3]']),
    ],
    [
      'an output is added',
      of(
        ['x FP32 [8,13]'],
        ['label INT64 [-1]', 'score FP32 [-1,3]', 'extra FP32 [1]'],
      ),
    ],
    [
      'an output becomes as narrow as callers may expect',
      of(['x FP32 [8,13]'], ['label INT64 [8]', 'score FP32 [8,3]']),
    ],
    [
      'the tensors are in another order',
      of(['x FP32 [8,13]'], ['score FP32 [-1,3]', 'label INT64 [-1]']),
    ],
  ])('breaks nobody when %s', (_, after) => {
    expect(findBreakingChanges(before, after)).toEqual([]);
  });

  it.each([
    [
      'an input is renamed',
      of(['y FP32 [8,13]'], ['label INT64 [-1]', 'score FP32 [-1,3]']),
      [
        "input 'x' was removed",
        "input 'y' was added, and callers do not send it",
      ],
    ],
    [
      'a datatype changes',
      of(['x FP64 [8,13]'], ['label INT64 [-1]', 'score FP32 [-1,3]']),
      ["input 'x' changed from FP32 to FP64"],
    ],
    [
      'an input takes one size where it took another',
      of(['x FP32 [8,14]'], ['label INT64 [-1]', 'score FP32 [-1,3]']),
      ["input 'x' changed its shape from [8,13] to [8,14]"],
    ],
    [
      'an output is gone, and another has more dimensions',
      of(['x FP32 [8,13]'], ['score FP32 [-1,3,1]']),
      [
        "output 'label' was removed",
        "output 'score' changed its shape from [-1,3] to [-1,3,1]",
      ],
    ],
    [
      'an output may be wider than callers expect',
      of(['x FP32 [8,13]'], ['label INT64 [-1]', 'score FP32 [-1,-1]']),
      ["output 'score' changed its shape from [-1,3] to [-1,-1]"],
    ],
  ])('names the tensor when %s', (_, after, messages) => {
    expect(
      findBreakingChanges(before, after).map(({ message }) => message),
    ).toEqual(messages);
  });
});
