import { execFileSync } from 'node:child_process';
import {
  ADD,
  ARITHMETIC,
  binaryBody,
  DIVIDE,
  fixture,
  GrpcClient,
  HARM,
  inferBinary,
  NUMBERS,
  numbers,
  pushServer,
  TestBed,
  waitFor,
} from './__testUtils__';

/** Processes that run the server of a package, wherever they hang. */
function serverPids(bed: TestBed): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], {
    encoding: 'utf8',
  }).split('\n');
  return lines
    .filter(line => /(node|python3?) server\.(mjs|py)/.test(line))
    .map(line => Number(line.trim().split(' ')[0]))
    .filter(pid => cwdOf(pid).startsWith(bed.dataDir));
}

function cwdOf(pid: number): string {
  try {
    return execFileSync('readlink', [`/proc/${pid}/cwd`], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

describe("teams' own servers", () => {
  let bed: TestBed;

  beforeAll(async () => {
    bed = await TestBed.start({ ML_SECRET_OF_THE_TEST: 'x', AWS_SECRET: 'x' });
  });

  afterAll(async () => bed.stop());

  it('run from the files of their package, in Node and in Python', async () => {
    const { registry, server } = bed;
    await server.load(pushServer(registry), 'ready', 'doubles');
    const python = pushServer(registry, {
      container: {
        command: ['python3', 'server.py'],
        ...{ live: '/healthz', ready: '/readyz', model: 'other-name' },
      },
    });
    await server.load(python, 'ready', 'triples');
    const [doubles, triples] = await Promise.all(
      ['doubles', 'triples'].map(model =>
        server.infer(`${model}/versions/1.0.0`, numbers(1, 2.5)),
      ),
    );
    expect(doubles.body.outputs[0].data).toEqual([2, 5]);
    expect(triples.body.outputs[0].data).toEqual([3, 7.5]);
    const status = await server.version('1.0.0', 'doubles');
    expect(status).toMatchObject({
      state: 'ready',
      replicas: { ready: 1, wanted: 1, min: 1, max: 1 },
    });
    expect(status.memoryBytes).toBeGreaterThan(10 * 1024 * 1024);
  });

  it('answer in binary when that is asked for, though they know JSON only', async () => {
    const ask = (rest: object) =>
      inferBinary(
        bed.server,
        'doubles/versions/1.0.0',
        binaryBody(
          [
            {
              ...{ name: 'x', datatype: 'FP32', shape: [2] },
              bytes: Buffer.from(Float32Array.of(1, 2.5).buffer),
            },
          ],
          rest,
        ),
      );
    const bytes = Buffer.from(Float32Array.of(2, 5).buffer);
    const all = await ask({ parameters: { binary_data_output: true } });
    expect(all.headers.get('content-type')).toBe('application/octet-stream');
    expect(all.status).toBe(200);
    const [{ name }] = all.body.outputs;
    expect(all.body.outputs).toEqual([
      {
        ...{ name, datatype: 'FP32', shape: [2], bytes },
        parameters: { binary_data_size: 8 },
      },
    ]);
    const one = await ask({
      outputs: [{ name, parameters: { binary_data: true } }],
    });
    expect(one.body.outputs[0].bytes).toEqual(bytes);
    const none = await ask({
      outputs: [{ name, parameters: { binary_data: false } }],
      parameters: { binary_data_output: true },
    });
    expect(none.body.outputs[0].data).toEqual([2, 5]);
    expect(none.headers.get('inference-header-content-length')).toBeNull();
  });

  it('get parameters and give some, in JSON and in binary alike', async () => {
    const path = 'doubles/versions/1.0.0';
    const metadata = await bed.server.get(`/v2/models/${path}`);
    expect(metadata.body.platform).toBe('container');
    const parameters = { temperature: 0.5, seed: 7 };
    const input = { name: 'x', datatype: 'FP32', shape: [1] };
    const plain = await bed.server.infer(path, {
      parameters,
      inputs: [{ ...input, data: [1], parameters: { unit: 'm' } }],
    });
    expect(plain.body.parameters).toEqual(parameters);
    expect(plain.body.outputs[0].parameters).toEqual({ unit: 'm' });
    const header = JSON.stringify({
      parameters: { ...parameters, binary_data_output: true },
      inputs: [{ ...input, parameters: { unit: 'm', binary_data_size: 4 } }],
    });
    const { body } = await inferBinary(bed.server, path, {
      headerLength: header.length,
      body: Buffer.concat([
        Buffer.from(header),
        Buffer.from(Float32Array.of(1).buffer),
      ]),
    });
    expect(body.parameters).toEqual(parameters);
    expect(body.outputs[0]).toMatchObject({
      bytes: Buffer.from(Float32Array.of(2).buffer),
      parameters: { unit: 'm', binary_data_size: 4 },
    });
  });

  it('answer over gRPC as well, though they know JSON only', async () => {
    const client = new GrpcClient(bed.server.grpcAddresses.production);
    const { code, body } = await client.infer({
      modelName: 'doubles',
      modelVersion: '1.0.0',
      parameters: {
        seed: { int64Param: '7' },
        temperature: { doubleParam: 0.5 },
      },
      inputs: [
        {
          ...{ name: 'x', datatype: 'FP32', shape: [2] },
          contents: { fp32Contents: [1, 2.5] },
          parameters: { unit: { stringParam: 'm' } },
        },
      ],
    });
    client.close();
    expect(code).toBe('OK');
    expect(body.parameters).toEqual({
      seed: { int64Param: '7' },
      temperature: { doubleParam: 0.5 },
    });
    expect(body.outputs[0].parameters).toEqual({ unit: { stringParam: 'm' } });
    expect(body.outputs[0].contents.fp32Contents).toEqual([2, 5]);
  });

  it('see no secret of the server', async () => {
    const { body } = await bed.server.infer(
      'doubles/versions/1.0.0',
      numbers(HARM.tellEnvironment),
    );
    const names = body.outputs[0].data[0].split(',');
    expect(names).toContain('PORT');
    expect(names.filter((name: string) => /^ML_|SECRET/.test(name))).toEqual(
      [],
    );
  });

  it('get no request that breaks the promise', async () => {
    const ask = async (body: unknown) =>
      bed.server.infer('doubles/versions/1.0.0', body);
    const { inputs } = numbers(1);
    for (const [body, complaint] of [
      ['{', /not valid JSON/],
      [{ inputs: [] }, /input 'x' is missing/],
      [{ inputs: [{ ...inputs[0], datatype: 'FP64' }] }, /must be FP32/],
      [{ inputs: [{ ...inputs[0], shape: [2] }] }, /1 elements, but shape/],
      [{ inputs, outputs: [{ name: 'z' }] }, /output 'z' is not known/],
    ] as const) {
      const answer = await ask(body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatch(complaint);
    }
    expect((await bed.server.version('1.0.0', 'doubles')).errors).toBe(0);
  });

  it('harm no other version by what they do', async () => {
    const { registry, server } = bed;
    const other = registry.push({
      version: '1.0.0',
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });
    await server.load(other, 'ready', 'other');
    const bad = pushServer(registry, {
      resources: { memoryMiB: 160, timeoutSeconds: 1 },
    });
    await server.load(bad, 'ready', 'bad');
    const latencies: number[] = [];
    let goesOn = true;
    const caller = (async () => {
      while (goesOn) {
        const start = performance.now();
        const { status } = await server.infer('other/versions/1.0.0', ADD);
        expect(status).toBe(200);
        latencies.push(performance.now() - start);
      }
    })();
    const ask = async (harm: number) =>
      (await server.infer('bad/versions/1.0.0', numbers(harm))).status;
    const untilTrouble = async (problem: string) => {
      const { reason } = await waitFor(problem, async () => {
        const status = await server.version('1.0.0', 'bad');
        return status.problem === problem ? status : undefined;
      });
      await waitFor('it to answer again', async () =>
        (await ask(1)) === 200 ? true : undefined,
      );
      return reason;
    };

    expect(await ask(HARM.exit)).toBe(503);
    expect(await untilTrouble('WORKER_DIED')).toMatch(/exited with code 3/);
    expect(await ask(HARM.eatMemory)).toBe(200);
    expect(await untilTrouble('MEMORY_EXCEEDED')).toMatch(
      /used \d+ MiB of memory, more than its limit of 160 MiB/,
    );
    expect(await ask(HARM.hang)).toBe(504);
    expect(await untilTrouble('WORKER_HUNG')).toMatch(
      /did not say within 5 s that it is alive/,
    );

    goesOn = false;
    await caller;
    latencies.sort((a, b) => a - b);
    expect(latencies.length).toBeGreaterThan(100);
    // Milliseconds: below the second that each call of the bad one may take, and
    // above what a machine that is busy with other tests stretches them to.
    expect(latencies[Math.floor(latencies.length * 0.95)]).toBeLessThan(900);
    expect(await server.version('1.0.0', 'other')).toMatchObject({
      state: 'ready',
      errors: 0,
    });
  });

  it.each([
    [
      'why, by what they said last',
      false,
      /exited with code 1, having said: TypeError: the weights of layer 7 are missing;/,
    ],
    ['how, where what they said may be personal', true, /exited with code 1;/],
  ])('end while they serve, which tells %s', async (_, pii, reason) => {
    const { registry, server } = bed;
    const name = pii ? 'discreet' : 'frank';
    const spec = pushServer(registry, {
      interface: {
        ...NUMBERS,
        inputs: NUMBERS.inputs.map(input => ({ ...input, pii })),
      },
    });
    await server.load(spec, 'ready', name);
    const path = `${name}/versions/1.0.0`;
    const { status } = await server.infer(path, numbers(HARM.complain));
    expect(status).toBe(503);
    const told = new RegExp(`"model":"${name}".*${reason.source}`);
    await waitFor('the reason', () => told.test(server.log) || undefined);
    const quoted = new RegExp(`layer 7.*"model":"${name}"`);
    expect(quoted.test(server.log)).toBe(!pii);
    await server.until('1.0.0', 'ready', name);
  });

  it('are refused with the cause when they never get ready', async () => {
    const { registry, server } = bed;
    const fail = async (
      model: string,
      options: Parameters<typeof pushServer>[1],
    ) => server.load(pushServer(registry, options), 'failed', model);
    const image = `registry.example/risk/fraud@sha256:${'0'.repeat(64)}`;
    const [missing, deaf, dead, different] = await Promise.all([
      fail('image', { container: { command: undefined, image } }),
      fail('deaf', {
        container: { command: ['sleep', '600'] },
        resources: { startSeconds: 1 },
      }),
      fail('dead', {
        container: { command: ['node', '-e', 'throw new Error("no luck")'] },
      }),
      fail('different', { interface: DIVIDE }),
    ]);
    expect(missing).toMatchObject({
      problem: 'ENGINE_MISSING',
      reason: expect.stringMatching(/no container engine.*ML_CONTAINER_ENGINE/),
    });
    expect(deaf).toMatchObject({
      problem: 'START_TIMEOUT',
      reason: expect.stringMatching(
        /within 1 s: nothing answers on port .*the environment variable PORT/,
      ),
    });
    expect(dead.problem).toBe('WORKER_DIED');
    expect(dead.reason).toMatch(
      /exited with code 1, having said: Error: no luck 5 times in a row/,
    );
    expect(different).toMatchObject({
      problem: 'LOAD_REFUSED',
      reason: expect.stringMatching(/is not as model.yaml says/),
    });
  });

  it('go with the server when it is killed, and come back with it', async () => {
    const before = serverPids(bed);
    expect(before.length).toBeGreaterThanOrEqual(3);
    await bed.server.end('SIGKILL');
    await waitFor('the processes to be gone', () =>
      serverPids(bed).some(pid => before.includes(pid)) ? undefined : true,
    );
    await bed.restart('SIGKILL');
    await bed.server.until('1.0.0', 'ready', 'doubles');
    const { body } = await bed.server.infer(
      'doubles/versions/1.0.0',
      numbers(4),
    );
    expect(body.outputs[0].data).toEqual([8]);
  });
});
