import Long from 'long';
import { decodeResponse } from './decodeResponse';

/** An answer as a server writes it that knows JSON only. */
const answer = (outputs: string) =>
  Buffer.from(
    `{"model_name":"m","model_version":"1.0.0","outputs":[${outputs}]}`,
  );

describe('an answer in plain JSON', () => {
  it('becomes binary exactly, with the NaN of Python and integers beyond 2^53', () => {
    const { outputs, rawOutputContents } = decodeResponse(
      answer(
        `{"name":"a","datatype":"FP32","shape":[1,3],"data":[[NaN,-Infinity,-0.0]]},
         {"name":"NaN","datatype":"INT64","shape":[2],"data":[9007199254740993,-1]},
         {"name":"c","datatype":"BYTES","shape":[2],"data":["NaN","ü"]},
         {"name":"d","datatype":"FP64","shape":[1],"data":[12345678901234567890]}`,
      ),
      undefined,
      false,
    );
    expect(outputs.map(({ name }) => name)).toEqual(['a', 'NaN', 'c', 'd']);
    expect(rawOutputContents).toEqual([
      Buffer.from(Float32Array.of(NaN, -Infinity, -0).buffer),
      Buffer.from(BigInt64Array.of(9007199254740993n, -1n).buffer),
      Buffer.from('\x03\0\0\0NaN\x02\0\0\0ü'),
      Buffer.from(Float64Array.of(12345678901234567890).buffer),
    ]);
  });

  it('becomes typed contents for who asked in them', () => {
    const { outputs, rawOutputContents } = decodeResponse(
      answer('{"name":"a","datatype":"INT32","shape":[2],"data":[1,-2]}'),
      undefined,
      true,
    );
    expect(outputs[0].contents).toEqual({ intContents: Int32Array.of(1, -2) });
    expect(rawOutputContents).toBeUndefined();
  });

  it('keeps its parameters, integers with all their digits', () => {
    const { outputs, parameters } = decodeResponse(
      Buffer.from(
        `{"model_name":"m","parameters":{"note":"ü","on":true,"share":0.5,"none":null,
          "count":7,"low":-9223372036854775808,"high":18446744073709551615,"list":[1]},
          "outputs":[{"name":"a","datatype":"INT32","shape":[1],"data":[1],
            "parameters":{"unit":"m","binary_data":false}}]}`,
      ),
      undefined,
      false,
    );
    expect(parameters).toEqual({
      note: { stringParam: 'ü' },
      on: { boolParam: true },
      share: { doubleParam: 0.5 },
      count: { int64Param: Long.fromNumber(7) },
      low: { int64Param: Long.MIN_VALUE },
      high: { uint64Param: Long.MAX_UNSIGNED_VALUE },
      list: { stringParam: '[1]' },
    });
    expect(outputs[0].parameters).toEqual({ unit: { stringParam: 'm' } });
  });

  it.each([
    '{"name":"a","datatype":"FP32","shape":[3],"data":[1]}',
    '{"name":"a","datatype":"INT8","shape":[1],"data":[300]}',
    '{"name":"a","datatype":"FP32","shape":[1],"data":[1',
  ])('is refused when it is wrong: %s', output => {
    expect(() => decodeResponse(answer(output), undefined, false)).toThrow();
  });
});
