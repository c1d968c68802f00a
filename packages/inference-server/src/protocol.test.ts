import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { deflateSync, gzipSync } from 'node:zlib';
import {
  ADD,
  ARITHMETIC,
  DIVIDE,
  fixture,
  INTEGERS,
  TestBed,
  TEXT,
} from './__testUtils__';

const vector = (name: string, data: unknown, datatype = 'FP32') => ({
  name,
  datatype,
  shape: [(data as unknown[]).length],
  data,
});

describe('the Open Inference Protocol over HTTP', () => {
  let bed: TestBed;

  beforeAll(async () => {
    bed = await TestBed.start();
    const { registry, server } = bed;
    const models = {
      arithmetic: ARITHMETIC,
      integers: INTEGERS,
      text: TEXT,
      divide: DIVIDE,
      faulty: ARITHMETIC,
    };
    for (const [name, iface] of Object.entries(models)) {
      const spec = registry.push({
        version: '1.2.0',
        artifact: fixture(name),
        interface: iface,
      });
      await server.load(spec, 'ready', name);
      await server.route(1, [{ version: '1.2.0', weight: 1 }], name);
    }
  });

  afterAll(async () => bed.stop());

  it('tells about the server and its health', async () => {
    expect((await bed.server.get('/v2')).body).toEqual({
      name: 'ml-platform-inference-server',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      extensions: ['binary_tensor_data'],
    });
    expect((await bed.server.get('/v2/health/live')).body).toEqual({
      live: true,
    });
    expect((await bed.server.get('/v2/health/ready')).body).toEqual({
      ready: true,
    });
  });

  it.each(['', '/versions/1', '/versions/1.2.0'])(
    'tells about a model and its readiness (%s)',
    async pin => {
      const path = `/v2/models/arithmetic${pin}`;
      expect((await bed.server.get(path)).body).toEqual({
        name: 'arithmetic',
        versions: ['1.2.0'],
        platform: 'onnxruntime_onnx',
        ...ARITHMETIC,
      });
      expect((await bed.server.get(`${path}/ready`)).body).toEqual({
        name: 'arithmetic',
        ready: true,
      });
    },
  );

  it('answers an inference request, echoing its id', async () => {
    const { status, body, headers } = await bed.server.infer(
      'arithmetic',
      { id: 'mine', parameters: { any: 1 }, ...ADD },
      { 'x-request-id': 'trace-7' },
    );
    expect(status).toBe(200);
    expect(body).toEqual({
      model_name: 'arithmetic',
      model_version: '1.2.0',
      id: 'mine',
      outputs: [
        { name: 'sum', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] },
        {
          name: 'difference',
          datatype: 'FP32',
          shape: [1, 3],
          data: [1, 2, 3],
        },
      ],
    });
    expect(headers.get('x-ml-version')).toBe('1.2.0');
    expect(headers.get('x-request-id')).toBe('trace-7');
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('makes a request id when there is none', async () => {
    const { headers } = await bed.server.infer('arithmetic', ADD);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('takes nested data and gives only the outputs asked for', async () => {
    const { body } = await bed.server.infer('arithmetic', {
      inputs: [
        {
          name: 'a',
          datatype: 'FP32',
          shape: [2, 3],
          data: [
            [1, 2, 3],
            [4, 5, 6],
          ],
        },
        {
          name: 'b',
          datatype: 'FP32',
          shape: [2, 3],
          data: [
            [1, 1, 1],
            [1, 1, 1],
          ],
        },
      ],
      outputs: [{ name: 'difference', parameters: { binary_data: false } }],
    });
    expect(body.outputs).toEqual([
      {
        name: 'difference',
        datatype: 'FP32',
        shape: [2, 3],
        data: [0, 1, 2, 3, 4, 5],
      },
    ]);
  });

  it('takes bodies of chunks, of megabytes, and of both', async () => {
    const rows = 40_000;
    const data = Array.from({ length: rows * 3 }, (_, i) => i);
    const body = JSON.stringify({
      inputs: ['a', 'b'].map(name => ({
        name,
        datatype: 'FP32',
        shape: [rows, 3],
        data,
      })),
      outputs: [{ name: 'sum' }],
    });
    const url = `${bed.server.addresses.production}/v2/models/arithmetic/infer`;
    const chunked = new ReadableStream({
      start(controller) {
        for (let at = 0; at < body.length; at += 100_000) {
          controller.enqueue(Buffer.from(body.slice(at, at + 100_000)));
        }
        controller.close();
      },
    });
    for (const init of [
      { body },
      { body: chunked, duplex: 'half' },
    ] as RequestInit[]) {
      const response = await fetch(url, { method: 'POST', ...init });
      const answer = await response.json();
      expect(answer.outputs[0].data).toEqual(data.map(value => value * 2));
    }
  });

  it('keeps integers beyond 2^53 exact, both ways', async () => {
    const longs = '9007199254740993,-9223372036854775808,9223372036854775807,5';
    const { text } = await bed.server.infer(
      'integers',
      `{"inputs":[{"name":"n","datatype":"INT64","shape":[4],"data":[${longs}]}]}`,
    );
    expect(text).toContain(`"data":[${longs}]`);
  });

  it('takes and gives strings', async () => {
    const data = ['a', 'ü 🦊', '', '"quoted"\n', '9007199254740993', 'NaN'];
    const { body } = await bed.server.infer('text', {
      inputs: [{ name: 'words', datatype: 'BYTES', shape: [3, 2], data }],
    });
    expect(body.outputs[0].data).toEqual(data);
  });

  it('writes NaN and the infinities as strings, and reads them so', async () => {
    const { body } = await bed.server.infer('divide', {
      inputs: [
        vector('a', [0, 1, -1, 6, 'Infinity', 'NaN']),
        vector('b', [0, 0, 0, 2, 1, 1]),
      ],
    });
    expect(body.outputs[0].data).toEqual([
      'NaN',
      'Infinity',
      '-Infinity',
      3,
      'Infinity',
      'NaN',
    ]);
  });

  const a = ADD.inputs[0];
  const b = ADD.inputs[1];
  it.each<[string, unknown, RegExp]>([
    ['an empty body', '', /body is empty/],
    ['broken JSON', '{"inputs": [', /not valid JSON/],
    ['a bare NaN', '{"inputs": [NaN]}', /NaN and Infinity must be in quotes/],
    ['no object', '[]', /must be a JSON object/],
    ['no inputs', {}, /inputs must be a list/],
    ['an id that is a number', { id: 1, ...ADD }, /id must be a string/],
    [
      'a missing input',
      { inputs: [a] },
      /input 'b' is missing; the model takes 'a' \(FP32\), 'b' \(FP32\)/,
    ],
    [
      'an unknown input',
      { inputs: [a, b, { ...b, name: 'c' }] },
      /input 'c' is not known to the model/,
    ],
    ['an input twice', { inputs: [a, b, b] }, /input 'b' is there twice/],
    [
      'a wrong datatype',
      { inputs: [a, { ...b, datatype: 'FP64' }] },
      /input 'b': datatype must be FP32, not FP64/,
    ],
    [
      'a wrong rank',
      { inputs: [a, { ...b, shape: [3] }] },
      /input 'b': shape \[3\] does not fit the model's \[-1, 3\].*\[1, 3\]/,
    ],
    [
      'a wrong dimension',
      { inputs: [a, { ...b, shape: [1, 4] }] },
      /input 'b': shape \[1, 4\] does not fit/,
    ],
    [
      'a negative dimension',
      { inputs: [a, { ...b, shape: [-1, 3] }] },
      /input 'b': shape must be a list of whole numbers/,
    ],
    [
      'too few elements',
      { inputs: [a, { ...b, data: [1] }] },
      /input 'b': data has 1 elements, but shape \[1, 3\] holds 3/,
    ],
    [
      'uneven nesting',
      { inputs: [a, { ...b, data: [[1, 2]] }] },
      /input 'b': nested data has 2 elements on axis 1/,
    ],
    [
      'too deep nesting',
      { inputs: [a, { ...b, data: [[[1], [2], [3]]] }] },
      /input 'b': .*/,
    ],
    [
      'no data',
      { inputs: [a, { ...b, data: undefined }] },
      /input 'b': data is missing.*in binary with parameter binary_data_size/,
    ],
    [
      'an element of another type',
      { inputs: [a, { ...b, data: [1, '2', 3] }] },
      /input 'b': element 1 \(a string\) must be a number that fits FP32/,
    ],
    [
      'a number that does not fit',
      { inputs: [a, { ...b, data: [1, 2, 1e39] }] },
      /input 'b': element 2 .* must be a number that fits FP32/,
    ],
    [
      'two numbers of rows',
      {
        inputs: [2, 3].map((rows, i) => ({
          ...ADD.inputs[i],
          shape: [rows, 3],
          data: Array.from({ length: rows * 3 }, Math.random),
        })),
      },
      /input 'b' has 3 where input 'a' has 2 in its shape; the model wants as many \('n'\) in both/,
    ],
    [
      'an unknown output',
      { ...ADD, outputs: [{ name: 'product' }] },
      /output 'product' is not known to the model; it gives 'sum', 'difference'/,
    ],
  ])('refuses %s, saying what and why', async (_, body, message) => {
    const answer = await bed.server.infer('arithmetic', body);
    expect(answer.body).toEqual({ error: expect.stringMatching(message) });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-ml-version')).toBe('1.2.0');
  });

  it('answers when the model itself fails on a request', async () => {
    const answer = await bed.server.infer('faulty', {
      inputs: [{ ...a, data: [1, 2, 3] }, b],
    });
    expect(answer.status).toBe(500);
    expect(answer.body.error).toMatch(/the model failed on this request/);
  });

  it.each([
    [
      'unknown',
      /model 'unknown' is not deployed in production; there are arithmetic, integers, text, divide, faulty/,
    ],
    [
      'text/versions/9.9.9',
      /model 'text' has no version '9.9.9' in production; there is 1.2.0/,
    ],
    [
      'text/versions/2',
      /model 'text' has no live API version 2 in production; there is 1/,
    ],
    ['text/versions/latest', /has no version 'latest'/],
  ])('says what there is instead of %s', async (path, message) => {
    const answer = await bed.server.infer(path, ADD);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({ error: expect.stringMatching(message) });
    const metadata = await bed.server.get(`/v2/models/${path}`);
    expect(metadata.status).toBe(404);
  });

  it('keeps environments apart', async () => {
    const answer = await bed.server.infer('text', ADD, {}, 'staging');
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatch(
      /is not deployed in staging; there is none/,
    );
  });

  it('takes null for what was left out', async () => {
    const inputs = ADD.inputs.map(input => ({ ...input, parameters: null }));
    const { status, body } = await bed.server.infer('arithmetic', {
      ...{ id: null, parameters: null, inputs },
      outputs: [{ name: 'sum', parameters: null }],
    });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('id');
    expect(body.outputs).toEqual([expect.objectContaining({ name: 'sum' })]);
    const all = await bed.server.infer('arithmetic', { ...ADD, outputs: null });
    expect(all.body.outputs).toHaveLength(2);
  });

  it('refuses text that is not UTF-8, instead of changing it', async () => {
    const url = `${bed.server.addresses.production}/v2/models/text/infer`;
    const [before, after] = JSON.stringify({
      inputs: [
        { name: 'words', datatype: 'BYTES', shape: [1, 1], data: ['|'] },
      ],
    }).split('|');
    const latin1 = Buffer.from(`${before}caf\xe9${after}`, 'latin1');
    const response = await fetch(url, { method: 'POST', body: latin1 });
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatch(/JSON, which is in UTF-8/);
  });

  it('says little of a shape that goes on and on', async () => {
    const shape = Array.from({ length: 100_000 }, () => 1);
    const { status, text } = await bed.server.infer('arithmetic', {
      inputs: [{ ...a, shape }, b],
    });
    expect(status).toBe(400);
    expect(text).toMatch(/1, … \(100000 dimensions\)\] does not fit/);
    expect(text.length).toBeLessThan(500);
  });

  it('reads names that clients have quoted', async () => {
    const path = '%61rithmetic/versions/1%2E2.0';
    const { status, headers } = await bed.server.infer(path, ADD);
    expect(status).toBe(200);
    expect(headers.get('x-ml-version')).toBe('1.2.0');
    for (const unknown of ['%zz', '..%2farithmetic', '%61rithmetic%2f']) {
      expect((await bed.server.infer(unknown, ADD)).status).toBe(404);
    }
  });

  it('answers HEAD as load balancers send it', async () => {
    const url = `${bed.server.addresses.production}/v2/health/ready`;
    const { status } = await fetch(url, { method: 'HEAD' });
    expect(status).toBe(200);
  });

  it.each([
    ['no HTTP at all', '\x16\x03\x01\r\n\r\n', 400, /no HTTP\/1.1 request/],
    [
      'headers that go on and on',
      `GET /v2 HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`,
      ...[431, /headers of the request are larger/],
    ],
  ] as [string, string, number, RegExp][])(
    'refuses %s in the shape of the protocol',
    async (_, sent, status, message) => {
      const { hostname, port } = new URL(bed.server.addresses.production);
      const socket = connect(Number(port), hostname);
      socket.write(sent);
      const answer = (await buffer(socket)).toString();
      const [head, body] = answer.split('\r\n\r\n');
      expect(head).toContain(`HTTP/1.1 ${status}`);
      expect(JSON.parse(body).error).toMatch(message);
    },
  );

  it('refuses other paths, methods and encodings', async () => {
    const { server } = bed;
    expect((await server.get('/v1/models')).status).toBe(404);
    const get = await server.get('/v2/models/text/infer');
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
    const zipped = await server.infer('text', ADD, {
      'content-encoding': 'br',
    });
    expect(zipped.status).toBe(415);
    expect(zipped.body.error).toMatch(/by gzip or deflate/);
  });

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
  ])('takes bodies compressed by %s', async (encoding, compress) => {
    const url = `${bed.server.addresses.production}/v2/models/arithmetic/infer`;
    const send = async (body: Buffer) => {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-encoding': encoding },
      });
      return { status: response.status, body: await response.json() };
    };
    const whole = compress(Buffer.from(JSON.stringify(ADD)));
    expect((await send(whole)).body.outputs[0].data).toEqual([1, 2, 3]);
    for (const broken of [whole.subarray(0, -6), Buffer.from('{}')]) {
      const { status, body } = await send(broken);
      expect(body.error).toMatch(/the body is not valid/);
      expect(status).toBe(400);
    }
    // 65 KB that unfold to 65 MiB.
    const { status, body } = await send(
      compress(Buffer.alloc(65 * 1024 * 1024, ' ')),
    );
    expect(body.error).toMatch(/larger than the limit/);
    expect(status).toBe(413);
  });

  it('refuses bodies beyond 64 MiB, announced or not', async () => {
    const body = Buffer.alloc(64 * 1024 * 1024 + 1, ' ');
    const url = `${bed.server.addresses.production}/v2/models/text/infer`;
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
    for (const init of [
      { body },
      { body: stream, duplex: 'half' },
    ] as RequestInit[]) {
      const response = await fetch(url, { method: 'POST', ...init });
      expect(response.status).toBe(413);
      expect((await response.json()).error).toMatch(
        /send fewer rows at a time/,
      );
    }
    expect((await bed.server.version('1.2.0', 'text')).state).toBe('ready');
  });
});
