import { DATATYPES, type Datatype } from '@ml-platform/plugin-ml-common';
import { EVERY_TYPE, fixture, TestBed } from './__testUtils__';

/** For each datatype: JSON that is taken and given back as it is, and JSON that is refused. */
const CASES: Record<Datatype, { good: string[]; bad: string[] }> = {
  BOOL: { good: ['true', 'false'], bad: ['1', '"true"', 'null'] },
  UINT8: { good: ['0', '255'], bad: ['256', '-1', '1.5', 'true'] },
  UINT16: { good: ['0', '65535'], bad: ['65536', '-1'] },
  UINT32: { good: ['0', '4294967295'], bad: ['4294967296', '-1'] },
  UINT64: {
    good: ['0', '18446744073709551615'],
    bad: ['18446744073709551616', '-1', '0.5', '"1"'],
  },
  INT8: { good: ['-128', '127'], bad: ['-129', '128'] },
  INT16: { good: ['-32768', '32767'], bad: ['32768', '"0"'] },
  INT32: { good: ['-2147483648', '2147483647'], bad: ['2147483648', '[1]'] },
  INT64: {
    good: ['-9223372036854775808', '9007199254740993'],
    bad: ['9223372036854775808', '1e300', '"9007199254740993"', 'null'],
  },
  FP16: {
    good: ['0.0999755859375', '-65504', '"NaN"', '5.960464477539063e-8'],
    bad: ['65520', '"nan"', 'null'],
  },
  FP32: {
    good: ['0.10000000149011612', '"-Infinity"', '3.4028234663852886e+38'],
    bad: ['3.5e38', '"1"', 'true'],
  },
  FP64: {
    good: ['0.1', '"Infinity"', '1.7976931348623157e+308', '5e-324'],
    bad: ['1e309', '"Infinity "', '{}'],
  },
  BYTES: { good: ['""', '"ü"'], bad: ['1', '9007199254740993', 'null'] },
};

describe('the datatypes of the protocol', () => {
  let bed: TestBed;
  const names = DATATYPES.map(datatype => datatype.toLowerCase());

  beforeAll(async () => {
    bed = await TestBed.start();
    const spec = bed.registry.push({
      version: '1.0.0',
      artifact: fixture('every_type'),
      interface: EVERY_TYPE,
    });
    await bed.server.load(spec);
    await bed.server.route(1, [{ version: '1.0.0', weight: 1 }]);
  });

  afterAll(async () => bed.stop());

  const infer = (override: Partial<Record<Datatype, string>>) => {
    const inputs = DATATYPES.map(datatype => {
      const data = override[datatype] ?? CASES[datatype].good[0];
      return `{"name":"${datatype.toLowerCase()}","datatype":"${datatype}","shape":[1],"data":[${data}]}`;
    });
    return bed.server.infer('test', `{"inputs":[${inputs}]}`);
  };

  it.each(DATATYPES)('gives %s back as it was given', async datatype => {
    for (const value of CASES[datatype].good) {
      const { status, text } = await infer({ [datatype]: value });
      expect(text).toContain(
        `{"name":"${datatype.toLowerCase()}_out","datatype":"${datatype}","shape":[1],"data":[${value}]}`,
      );
      expect(status).toBe(200);
    }
  });

  it.each(DATATYPES)('refuses what is not %s', async datatype => {
    for (const value of CASES[datatype].bad) {
      const { status, body } = await infer({ [datatype]: value });
      expect(body.error).toMatch(
        new RegExp(`^input '${datatype.toLowerCase()}': .* must be `),
      );
      expect(status).toBe(400);
    }
  });

  it('takes an integer of many digits where a fraction may be', async () => {
    const { text } = await infer({ FP64: '10000000000000000' });
    expect(text).toContain(
      '"fp64_out","datatype":"FP64","shape":[1],"data":[10000000000000000]',
    );
  });

  it('takes a batch of no rows', async () => {
    const inputs = DATATYPES.map((datatype, i) => ({
      name: names[i],
      datatype,
      shape: [0],
      data: [],
    }));
    const { status, body } = await bed.server.infer('test', { inputs });
    expect(status).toBe(200);
    expect(body.outputs[0]).toEqual({
      name: 'bool_out',
      datatype: 'BOOL',
      shape: [0],
      data: [],
    });
  });
});
