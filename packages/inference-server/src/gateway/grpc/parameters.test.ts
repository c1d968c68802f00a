import Long from 'long';
import { parseJsonExactly, stringifyExactly } from '../../protocol/parseJson';
import { type InferParameter, PROTO } from './messages';
import { fromParameters, toParameters } from './parameters';

const TYPE = PROTO.lookupType('inference.InferParameter');

it('go to a server and come back as they were, with all digits', () => {
  const parameters = {
    note: { stringParam: '9007199254740993' },
    on: { boolParam: true },
    off: { boolParam: false },
    share: { doubleParam: 0.5 },
    count: { int64Param: Long.fromNumber(0) },
    odd: { int64Param: Long.fromString('9007199254740993') },
    low: { int64Param: Long.MIN_VALUE },
    high: { uint64Param: Long.MAX_UNSIGNED_VALUE },
  };
  // As a message has them that came over the wire.
  const received = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      TYPE.decode(TYPE.encode(parameter).finish()) as InferParameter,
    ]),
  );
  const json = stringifyExactly(fromParameters(received));
  expect(json).toContain('"odd":9007199254740993');
  expect(toParameters(parseJsonExactly(json) as object)).toEqual(parameters);
});

it('leave out what is of binary tensors and what is empty', () => {
  expect(fromParameters({ binary_data: { boolParam: true } })).toBeUndefined();
  expect(toParameters({ binary_data_size: 4, nothing: null })).toBeUndefined();
  expect(toParameters(null)).toBeUndefined();
  expect(toParameters({ list: [1, 'a'] })).toEqual({
    list: { stringParam: '[1,"a"]' },
  });
});
