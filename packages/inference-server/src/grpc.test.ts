import { DATATYPES } from '@ml-platform/plugin-ml-common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ARITHMETIC,
  binaryStrings,
  EVERY_TYPE,
  fixture,
  GrpcClient,
  modelPath,
  SLOW,
  TestBed,
  TEXT,
  untilBusy,
  waitFor,
} from './__testUtils__';

const floats = (...values: number[]) =>
  Buffer.from(Float32Array.from(values).buffer);

/** A request that the arithmetic model answers with `sum` [1, 2, 3]. */
const ADD = {
  modelName: 'arithmetic',
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [1, 3] },
    { name: 'b', datatype: 'FP32', shape: [1, 3] },
  ],
  rawInputContents: [floats(1, 2, 3), floats(0, 0, 0)],
};

/** A request that keeps the slow model busy; a million rounds take about a second. */
const rounds = (count: number) => ({
  modelName: 'slow',
  inputs: [{ name: 'rounds', datatype: 'INT64', shape: [] }],
  rawInputContents: [Buffer.from(BigInt64Array.of(BigInt(count)).buffer)],
});

const ONE = '9007199254740993';
/** Two elements of each datatype in typed contents. */
const CONTENTS: Record<string, object> = {
  BOOL: { boolContents: [true, false] },
  UINT8: { uintContents: [0, 255] },
  UINT16: { uintContents: [0, 65535] },
  UINT32: { uintContents: [0, 4294967295] },
  UINT64: { uint64Contents: [ONE, '18446744073709551615'] },
  INT8: { intContents: [-128, 127] },
  INT16: { intContents: [-32768, 32767] },
  INT32: { intContents: [-2147483648, 2147483647] },
  INT64: { int64Contents: [ONE, '-9223372036854775808'] },
  FP32: { fp32Contents: [0.5, NaN] },
  FP64: { fp64Contents: [0.1, -Infinity] },
  BYTES: { bytesContents: [Buffer.from('ü🦊'), Buffer.from('')] },
};

describe('the Open Inference Protocol over gRPC', () => {
  let bed: TestBed;
  let client: GrpcClient;

  beforeAll(async () => {
    bed = await TestBed.start();
    client = new GrpcClient(bed.server.grpcAddresses.production);
    const load = async (
      name: string,
      version: string,
      iface: typeof TEXT,
      artifact = name,
    ) => {
      const spec = bed.registry.push({
        version,
        artifact: fixture(artifact),
        interface: iface,
      });
      await bed.server.load(spec, 'ready', name);
    };
    await load('arithmetic', '1.2.0', ARITHMETIC);
    await load('arithmetic', '2.0.0', ARITHMETIC);
    const routes = {
      generation: 1,
      split: [{ version: '2.0.0', weight: 1 }],
      majors: {
        1: [{ version: '1.2.0', weight: 1 }],
        2: [{ version: '2.0.0', weight: 1 }],
      },
    };
    await bed.server.control(
      'PUT',
      `${modelPath('production', 'arithmetic')}/routes`,
      routes,
    );
    await load('text', '1.0.0', TEXT);
    await load('slow', '1.0.0', SLOW);
    await load('types', '1.0.0', EVERY_TYPE, 'every_type');
    // All but FP16, which typed contents cannot have.
    const without = (tensors: typeof EVERY_TYPE.inputs) =>
      tensors.filter(({ datatype }) => datatype !== 'FP16');
    await load(
      'typed',
      '1.0.0',
      { inputs: EVERY_TYPE.inputs, outputs: without(EVERY_TYPE.outputs) },
      'every_type',
    );
    for (const name of ['text', 'slow', 'types', 'typed']) {
      await bed.server.route(1, [{ version: '1.0.0', weight: 1 }], name);
    }
  });

  afterAll(async () => {
    client?.close();
    await bed.stop();
  });

  it('tells about the server, its health and a model', async () => {
    expect((await client.call('ServerLive', {})).body.live).toBe(true);
    expect((await client.call('ServerReady', {})).body.ready).toBe(true);
    expect((await client.call('ServerMetadata', {})).body).toMatchObject({
      name: 'ml-platform-inference-server',
      extensions: ['binary_tensor_data'],
    });
    for (const version of ['', '1', '1.2.0']) {
      const model = { name: 'arithmetic', version };
      expect((await client.call('ModelReady', model)).body.ready).toBe(true);
      const { body } = await client.call('ModelMetadata', model);
      expect(body).toMatchObject({
        name: 'arithmetic',
        versions: ['1.2.0', '2.0.0'],
        platform: 'onnxruntime_onnx',
        inputs: [
          { name: 'a', datatype: 'FP32', shape: ['-1', '3'] },
          { name: 'b', datatype: 'FP32', shape: ['-1', '3'] },
        ],
      });
    }
  });

  it("answers gRPC's own question for health", async () => {
    const service = 'grpc.health.v1.Health';
    const check = (name: string) =>
      client.call('Check', { service: name }, { service });
    expect((await check('')).body.status).toBe(1);
    expect((await check('inference.GRPCInferenceService')).body.status).toBe(1);
    expect((await check('other')).code).toBe('NOT_FOUND');
  });

  it('answers an inference request with raw contents', async () => {
    const { code, body, metadata } = await client.infer(
      { id: 'mine', ...ADD },
      { metadata: { 'x-request-id': 'trace-7' } },
    );
    expect(code).toBe('OK');
    expect(body).toMatchObject({
      modelName: 'arithmetic',
      modelVersion: '2.0.0',
      id: 'mine',
      outputs: [
        { name: 'sum', datatype: 'FP32', shape: ['1', '3'] },
        { name: 'difference', datatype: 'FP32', shape: ['1', '3'] },
      ],
      rawOutputContents: [floats(1, 2, 3), floats(1, 2, 3)],
    });
    expect(metadata['x-ml-version']).toBe('2.0.0');
    expect(metadata['x-request-id']).toBe('trace-7');
    const line = await waitFor('the line in the log', () =>
      readFileSync(join(bed.dataDir, 'logs/requests.jsonl'), 'utf8')
        .split('\n')
        .find(text => text.includes('"requestId":"trace-7"')),
    );
    expect(JSON.parse(line)).toMatchObject({
      environment: 'production',
      transport: 'grpc',
      model: 'arithmetic',
      version: '2.0.0',
      status: 200,
      shapes: { a: [1, 3], sum: [1, 3] },
    });
  });

  it.each([
    ['', '2.0.0'],
    ['1', '1.2.0'],
    ['1.2.0', '1.2.0'],
    ['2', '2.0.0'],
  ])('pins with model_version "%s" to %s', async (modelVersion, version) => {
    const { body, metadata } = await client.infer({ ...ADD, modelVersion });
    expect(body.modelVersion).toBe(version);
    expect(metadata['x-ml-version']).toBe(version);
    expect(metadata['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives only the outputs asked for', async () => {
    const outputs = [
      { name: 'difference', parameters: { binary_data: { boolParam: false } } },
    ];
    const { body } = await client.infer({ ...ADD, outputs });
    expect(body.outputs).toHaveLength(1);
    expect(body.rawOutputContents).toEqual([floats(1, 2, 3)]);
  });

  it('takes and gives every datatype raw', async () => {
    const raw = DATATYPES.map(datatype => {
      if (datatype === 'BYTES') return binaryStrings(['ü', '']);
      if (datatype === 'BOOL') return Buffer.from([1, 0]);
      const bits = Number(/\d+$/.exec(datatype)![0]);
      return Buffer.from(Array.from({ length: bits / 4 }, (_, i) => 41 * i));
    });
    const { code, details, body } = await client.infer({
      modelName: 'types',
      inputs: DATATYPES.map(datatype => ({
        name: datatype.toLowerCase(),
        datatype,
        shape: [2],
      })),
      rawInputContents: raw,
    });
    expect([code, details]).toEqual(['OK', '']);
    expect(body.rawOutputContents).toEqual(raw);
  });

  it('takes and gives every datatype in typed contents, exactly', async () => {
    // Without FP16 in the request there is no way to ask this model, so it goes as no element.
    const inputs = DATATYPES.map(datatype => ({
      name: datatype.toLowerCase(),
      datatype,
      shape: datatype === 'FP16' ? [0] : [2],
      contents: CONTENTS[datatype],
    }));
    const { code, details, body } = await client.infer({
      modelName: 'typed',
      inputs,
    });
    expect([code, details]).toEqual(['OK', '']);
    for (const output of body.outputs) {
      expect(output.contents).toMatchObject(CONTENTS[output.datatype]);
    }
    expect(body.outputs).toHaveLength(12);
    expect(body.rawOutputContents).toEqual([]);
  });

  const { inputs: ab } = ADD;
  const fp32 = (...fp32Contents: number[]) => ({ fp32Contents });
  it.each<[string, object, RegExp]>([
    [
      'raw and typed contents at once',
      { ...ADD, inputs: [{ ...ab[0], contents: fp32(1) }, ab[1]] },
      /raw_input_contents and contents are both there/,
    ],
    [
      'too few raw contents',
      { ...ADD, rawInputContents: [floats(1, 2, 3)] },
      /raw_input_contents has 1 elements for 2 inputs/,
    ],
    [
      'truncated raw contents',
      { ...ADD, rawInputContents: [floats(1, 2, 3), Buffer.alloc(11)] },
      /input 'b': its binary data has 11 bytes, but 3 elements of FP32 have 12/,
    ],
    [
      'a shape that holds more than there can be',
      {
        ...ADD,
        inputs: [{ ...ab[0], shape: ['4611686018427387904', 3] }, ab[1]],
      },
      /input 'a': shape /,
    ],
    [
      'contents of another type',
      {
        ...ADD,
        rawInputContents: [],
        inputs: ab.map(input => ({ ...input, contents: { intContents: [1] } })),
      },
      /input 'a': elements of FP32 belong in fp32_contents, not in int_contents/,
    ],
    [
      'too few elements',
      {
        ...ADD,
        rawInputContents: [],
        inputs: ab.map(input => ({ ...input, contents: fp32(1, 2) })),
      },
      /input 'a': its binary data has 8 bytes, but 3 elements of FP32 have 12/,
    ],
    [
      'an element out of range',
      {
        modelName: 'types',
        inputs: [
          {
            name: 'int8',
            datatype: 'INT8',
            shape: [1],
            contents: { intContents: [128] },
          },
        ],
      },
      /input 'int8': element 0 must be a whole number that fits INT8/,
    ],
    [
      'FP16 in typed contents',
      {
        modelName: 'types',
        inputs: [
          {
            name: 'fp16',
            datatype: 'FP16',
            shape: [1],
            contents: fp32(1),
          },
        ],
      },
      /FP16 has no typed contents; send raw_input_contents/,
    ],
    [
      'an unknown datatype',
      { ...ADD, inputs: [{ ...ab[0], datatype: 'BF16' }, ab[1]] },
      /input 'a': datatype must be FP32, not BF16/,
    ],
    ['no inputs', { modelName: 'arithmetic' }, /input 'a' is missing/],
  ])('refuses %s', async (_, request, message) => {
    const { code, details, metadata } = await client.infer(request);
    expect(details).toMatch(message);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(metadata['x-ml-version']).toMatch(/^\d/);
  });

  it('says what is not there', async () => {
    const missing = await client.infer({ ...ADD, modelName: 'unknown' });
    expect(missing.code).toBe('NOT_FOUND');
    expect(missing.details).toMatch(/'unknown' is not deployed in production/);
    const pinned = await client.infer({ ...ADD, modelVersion: '9.9.9' });
    expect(pinned.code).toBe('NOT_FOUND');
    expect(pinned.details).toMatch(/there are 1\.2\.0, 2\.0\.0/);
    const model = { name: 'arithmetic', version: '7' };
    for (const method of ['ModelReady', 'ModelMetadata']) {
      expect((await client.call(method, model)).code).toBe('NOT_FOUND');
    }
    const staging = new GrpcClient(bed.server.grpcAddresses.staging);
    expect((await staging.infer(ADD)).details).toMatch(
      /is not deployed in staging; there is none/,
    );
    staging.close();
  });

  it('refuses messages beyond 64 MiB', async () => {
    const { code } = await client.infer({
      ...ADD,
      rawInputContents: [Buffer.alloc(65 * 1024 * 1024), floats(0, 0, 0)],
    });
    expect(code).toBe('RESOURCE_EXHAUSTED');
  });

  it('honours deadlines and cancellation', async () => {
    const late = await client.infer(rounds(1_000_000), { timeoutMs: 50 });
    expect(late.code).toBe('DEADLINE_EXCEEDED');

    let cancel = () => {};
    const cancelled = client.infer(rounds(1_000_000), {
      metadata: { 'x-request-id': 'given-up' },
      cancel: now => {
        cancel = now;
      },
    });
    await waitFor('the call to arrive', async () => {
      const { models } = await bed.server.status();
      return models.length ? true : undefined;
    });
    cancel();
    expect((await cancelled).code).toBe('CANCELLED');
    expect((await client.infer(rounds(10))).code).toBe('OK');
  });

  it('says that a worker died', async () => {
    const pids = bed.server.workerPids();
    const hit = client.infer(rounds(100_000_000));
    const pid = await Promise.race(
      pids.map(found => untilBusy(found).then(() => found)),
    );
    process.kill(pid, 'SIGKILL');
    const { code, details, metadata } = await hit;
    expect(code).toBe('UNAVAILABLE');
    expect(details).toMatch(
      /the worker of version 1.0.0 ended while it worked/,
    );
    expect(metadata['retry-after']).toBe('1');
    await bed.server.until('1.0.0', 'ready', 'slow');
  });

  it('finishes calls under way when it is told to stop', async () => {
    // The worker that the test before killed may still count as ready.
    await waitFor('the model to answer', async () => {
      const { code } = await client.infer(rounds(1));
      return code === 'OK' ? true : undefined;
    });
    const answer = client.infer(rounds(1_500_000));
    await Promise.race(bed.server.workerPids().map(pid => untilBusy(pid)));
    expect(await bed.server.end('SIGTERM')).toBe(0);
    expect((await answer).code).toBe('OK');
  });
});
