import { DATATYPES, type Datatype } from '@ml-platform/plugin-ml-common';
import {
  ADD,
  ARITHMETIC,
  binaryBody,
  type BinaryInput,
  binaryStrings,
  EVERY_TYPE,
  fixture,
  inferBinary,
  TestBed,
  TEXT,
} from './__testUtils__';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const floats = (...values: number[]) =>
  Buffer.from(Float32Array.from(values).buffer);

/** Three elements of each datatype by their bytes, and the JSON that they are. */
const CASES: Record<Datatype, { bytes: Buffer; json: string }> = {
  BOOL: { bytes: hex('01 00 01'), json: 'true,false,true' },
  UINT8: { bytes: hex('00 7f ff'), json: '0,127,255' },
  UINT16: { bytes: hex('0000 0201 ffff'), json: '0,258,65535' },
  UINT32: {
    bytes: hex('00000000 04030201 ffffffff'),
    json: '0,16909060,4294967295',
  },
  UINT64: {
    bytes: hex('0000000000000000 0100000000002000 ffffffffffffffff'),
    json: '0,9007199254740993,18446744073709551615',
  },
  INT8: { bytes: hex('80 ff 7f'), json: '-128,-1,127' },
  INT16: { bytes: hex('0080 feff ff7f'), json: '-32768,-2,32767' },
  INT32: {
    bytes: hex('00000080 feffffff ffffff7f'),
    json: '-2147483648,-2,2147483647',
  },
  INT64: {
    bytes: hex('0000000000000080 0100000000002000 ffffffffffffff7f'),
    json: '-9223372036854775808,9007199254740993,9223372036854775807',
  },
  FP16: { bytes: hex('003c 0080 007c'), json: '1,-0.0,"Infinity"' },
  FP32: {
    bytes: hex('0000803f 00000080 0000c07f'),
    json: '1,-0.0,"NaN"',
  },
  FP64: {
    bytes: hex('9a9999999999b93f 0000000000000080 000000000000f0ff'),
    json: '0.1,-0.0,"-Infinity"',
  },
  BYTES: {
    bytes: binaryStrings(['ü🦊', '', '\u{feff}a\n']),
    json: '"ü🦊","","\u{feff}a\\n"',
  },
};

const everyInput = (): BinaryInput[] =>
  DATATYPES.map(datatype => ({
    name: datatype.toLowerCase(),
    datatype,
    shape: [3],
    bytes: CASES[datatype].bytes,
  }));

describe('the binary tensor extension', () => {
  let bed: TestBed;

  beforeAll(async () => {
    bed = await TestBed.start();
    const models = { arithmetic: ARITHMETIC, text: TEXT, types: EVERY_TYPE };
    for (const [name, iface] of Object.entries(models)) {
      const artifact = fixture(name === 'types' ? 'every_type' : name);
      const spec = bed.registry.push({
        version: '1.0.0',
        artifact,
        interface: iface,
      });
      await bed.server.load(spec, 'ready', name);
      await bed.server.route(1, [{ version: '1.0.0', weight: 1 }], name);
    }
  });

  afterAll(async () => bed.stop());

  it('gives every datatype back byte by byte', async () => {
    const answer = await inferBinary(
      bed.server,
      'types',
      binaryBody(everyInput(), {
        id: 'mine',
        parameters: { binary_data_output: true },
      }),
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.body).toEqual({
      model_name: 'types',
      model_version: '1.0.0',
      id: 'mine',
      outputs: DATATYPES.map(datatype => ({
        name: `${datatype.toLowerCase()}_out`,
        datatype,
        shape: [3],
        parameters: { binary_data_size: CASES[datatype].bytes.length },
        bytes: CASES[datatype].bytes,
      })),
    });
  });

  it.each(DATATYPES)('means the same in JSON and in binary: %s', async type => {
    const name = type.toLowerCase();
    const { json, bytes } = CASES[type];
    const inputs = everyInput();
    const url = `${bed.server.addresses.production}/v2/models/types/infer`;
    const { body, headerLength } = binaryBody(inputs);
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'inference-header-content-length': String(headerLength) },
    });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toContain(
      `{"name":"${name}_out","datatype":"${type}","shape":[3],"data":[${json}]}`,
    );

    const others = inputs.filter(input => input.name !== name);
    const own = { name, datatype: type, shape: [3], data: ['here'] };
    const mixed = binaryBody([own, ...others], {
      outputs: [{ name: `${name}_out`, parameters: { binary_data: true } }],
    });
    const text = mixed.body
      .toString('latin1')
      .replace('"here"', () => Buffer.from(json).toString('latin1'));
    const answer = await inferBinary(bed.server, 'types', {
      headerLength:
        mixed.headerLength + Buffer.byteLength(json) - '"here"'.length,
      body: Buffer.from(text, 'latin1'),
    });
    expect(answer.body.outputs).toHaveLength(1);
    expect(answer.body.outputs[0].bytes).toEqual(bytes);
  });

  it('asks for binary of one output, or of all but one, of a request in JSON', async () => {
    const ask = async (rest: object) => {
      const body = Buffer.from(JSON.stringify({ ...ADD, ...rest }));
      const request = { headerLength: body.length, body };
      const answer = await inferBinary(bed.server, 'arithmetic', request);
      return answer.body.outputs.map((output: { bytes?: Buffer }) =>
        output.bytes ? 'binary' : 'JSON',
      );
    };
    const outputs = [
      { name: 'difference', parameters: { binary_data: false } },
      { name: 'sum' },
    ];
    const parameters = { binary_data_output: true };
    expect(await ask({})).toEqual(['JSON', 'JSON']);
    expect(await ask({ parameters })).toEqual(['binary', 'binary']);
    expect(await ask({ parameters, outputs })).toEqual(['JSON', 'binary']);
    expect(await ask({ outputs })).toEqual(['JSON', 'JSON']);
  });

  it('takes numbers at any place in the body, and megabytes of them', async () => {
    for (const id of ['', 'a', 'ab', 'abc']) {
      const rows = 100_000;
      const values = Float32Array.from({ length: rows * 3 }, (_, i) => i / 7);
      const bytes = Buffer.from(values.buffer);
      const shape = [rows, 3];
      const answer = await inferBinary(
        bed.server,
        'arithmetic',
        binaryBody(
          ['a', 'b'].map(name => ({ name, datatype: 'FP32', shape, bytes })),
          { id, parameters: { binary_data_output: true } },
        ),
      );
      const doubled = Buffer.from(values.map(value => value * 2).buffer);
      expect(doubled.equals(answer.body.outputs[0].bytes)).toBe(true);
    }
  });

  it('takes a batch of no rows', async () => {
    const inputs = everyInput().map(input => ({
      ...input,
      shape: [0],
      bytes: Buffer.alloc(0),
    }));
    const rest = { parameters: { binary_data_output: true } };
    const answer = await inferBinary(
      bed.server,
      'types',
      binaryBody(inputs, rest),
    );
    expect(answer.status).toBe(200);
    expect(answer.body.outputs[0].bytes).toHaveLength(0);
  });

  const a = {
    name: 'a',
    datatype: 'FP32',
    shape: [1, 3],
    bytes: floats(1, 2, 3),
  };
  const b = { ...a, name: 'b' };
  const words = (shape: number[], bytes: Buffer) =>
    binaryBody([{ name: 'words', datatype: 'BYTES', shape, bytes }]);
  const huge = 2 ** 52;
  const sized = (size: unknown) => ({
    ...{ name: 'b', datatype: 'FP32', shape: [1, 3] },
    ...{ data: undefined, parameters: { binary_data_size: size } },
  });

  it.each<[string, string, { headerLength: unknown; body: Buffer }, RegExp]>([
    [
      'a header length beyond the body',
      'arithmetic',
      { ...binaryBody([a, b]), headerLength: 10_000 },
      /must be the number of bytes that the JSON has/,
    ],
    [
      'a header length that is no number',
      'arithmetic',
      { ...binaryBody([a, b]), headerLength: '-1' },
      /must be the number of bytes that the JSON has/,
    ],
    [
      'a header length that cuts the JSON',
      'arithmetic',
      { ...binaryBody([a, b]), headerLength: 20 },
      /not valid JSON/,
    ],
    [
      'a header length of nothing',
      'arithmetic',
      { ...binaryBody([a, b]), headerLength: 0 },
      /body is empty/,
    ],
    [
      'truncated data',
      'arithmetic',
      {
        ...binaryBody([a, b]),
        body: binaryBody([a, b]).body.subarray(0, -1),
      },
      /input 'b': binary_data_size is 12, but only 11 bytes of binary data are left/,
    ],
    [
      'bytes of no input',
      'arithmetic',
      {
        ...binaryBody([a, b]),
        body: Buffer.concat([binaryBody([a, b]).body, Buffer.alloc(5)]),
      },
      /the body has 5 bytes of binary data that belong to no input/,
    ],
    [
      'fewer bytes than the shape says',
      'arithmetic',
      binaryBody([a, { ...b, bytes: floats(1, 2) }]),
      /input 'b': its binary data has 8 bytes, but 3 elements of FP32 have 12/,
    ],
    [
      'a shape that holds more than there can be',
      'text',
      words([huge, huge], Buffer.alloc(4)),
      /holds more elements than can be counted/,
    ],
    [
      'a huge shape with little data',
      'text',
      words([huge, 1], Buffer.alloc(4)),
      /input 'words': its binary data ends too early, after 4 bytes/,
    ],
    [
      'an element that is longer than the data',
      'text',
      words([1, 1], hex('ffffffff 61')),
      /ends too early, in element 0/,
    ],
    [
      'an element whose length is cut off',
      'text',
      words([1, 2], hex('04000000 61626364 0000')),
      /ends too early, in element 1/,
    ],
    [
      'bytes after the last element',
      'text',
      words([1, 1], hex('00000000 00')),
      /has 1 bytes after the last element/,
    ],
    [
      'text that is not UTF-8',
      'text',
      words([1, 1], binaryStrings([hex('c328')])),
      /element 0 must be text in UTF-8/,
    ],
    [
      'text with a NUL, which ONNX Runtime would cut off',
      'text',
      words([1, 2], binaryStrings(['a', 'b\0c'])),
      /element 1 must be text without NUL characters/,
    ],
    [
      'a boolean of 2',
      'types',
      binaryBody(
        everyInput().map(input =>
          input.datatype === 'BOOL'
            ? { ...input, bytes: hex('00 01 02') }
            : input,
        ),
      ),
      /input 'bool': element 2 must be a byte of 0 or 1/,
    ],
    [
      'data in both ways',
      'arithmetic',
      binaryBody([a, { ...sized(0), data: [1, 2, 3] }]),
      /input 'b': data and binary_data_size are both there/,
    ],
    ...[-1, 1.5, '12', null, huge * 4].map(
      size =>
        [
          `a size of ${size}`,
          'arithmetic',
          binaryBody([a, sized(size)]),
          /input 'b': binary_data_size (must be a number of bytes|is )/,
        ] as [string, string, { headerLength: number; body: Buffer }, RegExp],
    ),
    [
      'a flag that is none',
      'arithmetic',
      binaryBody([a, b], { parameters: { binary_data_output: 'yes' } }),
      /binary_data_output of the request must be true or false/,
    ],
    [
      'parameters that are none',
      'arithmetic',
      binaryBody([a, b], { outputs: [{ name: 'sum', parameters: [] }] }),
      /parameters of outputs\[0\] must be an object/,
    ],
  ])('refuses %s', async (_, model, request, message) => {
    const { headerLength, body } = request;
    const answer = await inferBinary(bed.server, model, {
      headerLength: headerLength as number,
      body,
    });
    expect(answer.body).toEqual({ error: expect.stringMatching(message) });
    expect(answer.status).toBe(400);
  });

  it('says what is missing when only the header is', async () => {
    const { body } = binaryBody([a, sized(12)]);
    const text = body.subarray(0, -12).toString();
    const answer = await bed.server.infer('arithmetic', text);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(/needs the header|not valid JSON/);
  });

  it('survives requests that are broken at any byte', async () => {
    const { server } = bed;
    const pids = server.workerPids().sort();
    const whole = binaryBody(everyInput(), {
      parameters: { binary_data_output: true },
    });
    const random = generator(42);
    const broken = Array.from({ length: 400 }, (_, round) => {
      const body = Buffer.from(whole.body);
      let { headerLength } = whole;
      if (round % 4 === 0) headerLength = random(body.length + 10);
      for (let n = random(4); n >= 0; n--) {
        body[random(body.length)] = random(256);
      }
      const end = round % 3 === 0 ? random(body.length) : body.length;
      return { headerLength, body: body.subarray(0, end) };
    });
    const statuses = new Map<number, number>();
    for (let at = 0; at < broken.length; at += 20) {
      const answers = await Promise.all(
        broken
          .slice(at, at + 20)
          .map(request => inferBinary(server, 'types', request)),
      );
      for (const { status } of answers) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    // Some only change a value; all others are the caller's fault.
    expect([...statuses.keys()].sort()).toEqual([200, 400]);
    expect(statuses.get(400)).toBeGreaterThan(100);
    expect(server.workerPids().sort()).toEqual(pids);
  });
});

/** Whole numbers below a limit, the same ones in each run. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return limit => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
