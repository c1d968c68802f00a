import { once } from 'node:events';
import { connect } from 'node:net';
import {
  ADD,
  ARITHMETIC,
  fixture,
  INTEGERS,
  modelPath,
  TestBed,
  tensor,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');

describe('the control API', () => {
  let bed: TestBed;

  beforeEach(async () => {
    bed = await TestBed.start();
  });

  afterEach(async () => bed.stop());

  const push = (version: string) =>
    bed.registry.push({
      version,
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });

  it('refuses callers without the token', async () => {
    const { server } = bed;
    for (const token of ['', 'wrong', `${'control-token-of-the-tests'}x`]) {
      const answer = await server.control('GET', '/status', undefined, token);
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({
        error: {
          name: 'AuthenticationError',
          message: expect.stringContaining('ML_CONTROL_TOKEN'),
        },
        request: { method: 'GET', url: '/control/v1/status' },
        response: { statusCode: 401 },
      });
    }
    const put = `${MODEL}/versions/1.0.0`;
    const spec = push('1.0.0');
    expect((await server.control('PUT', put, spec, 'wrong')).status).toBe(401);
    expect(await server.status()).toEqual({ models: [] });
    expect((await server.control('GET', '/health')).status).toBe(200);
  });

  it('accepts a version, serves it, and takes the same again as no change', async () => {
    const { server } = bed;
    const spec = push('1.0.0');
    const first = await server.control('PUT', `${MODEL}/versions/1.0.0`, spec);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({
      version: '1.0.0',
      digest: spec.digest,
      state: 'pulling',
    });
    await server.until('1.0.0', 'ready');
    const [pid] = server.workerPids();

    expect((await server.load(spec)).state).toBe('ready');
    expect(server.workerPids()).toEqual([pid]);
    expect(
      (await server.route(1, [{ version: '1.0.0', weight: 1 }])).status,
    ).toBe(200);
    await server.infer('test', ADD);
    await server.infer('test', {});
    expect(await server.status()).toEqual({
      models: [
        {
          environment: 'production',
          model: 'test',
          versions: [
            {
              version: '1.0.0',
              digest: spec.digest,
              state: 'ready',
              requests: 2,
              errors: 0,
              refused: 0,
              replicas: { ready: 1, wanted: 1, min: 1, max: 1 },
              memoryBytes: expect.any(Number),
              active: 0,
              waiting: 0,
            },
          ],
          routes: {
            generation: 1,
            split: [{ version: '1.0.0', weight: 1 }],
            majors: { 1: [{ version: '1.0.0', weight: 1 }] },
          },
        },
      ],
    });
  });

  it('refuses another digest for a version that it has', async () => {
    const { server, registry } = bed;
    await server.load(push('1.0.0'));
    const other = registry.push({
      version: '1.0.0',
      artifact: fixture('integers'),
      interface: INTEGERS,
    });
    const answer = await server.control(
      'PUT',
      `${MODEL}/versions/1.0.0`,
      other,
    );
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      error: {
        name: 'ConflictError',
        message: expect.stringMatching(/1.0.0 was accepted with digest sha256/),
      },
    });
  });

  it('refuses what it cannot understand, naming the field', async () => {
    const { server } = bed;
    const spec = push('1.0.0');
    const put = async (path: string, body: unknown) => {
      const answer = await server.control<any>('PUT', path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.error.name).toBe('InputError');
      return answer.body.error.message;
    };
    const path = `${MODEL}/versions/1.0.0`;
    expect(await put(path, '{')).toBe('the body is not valid JSON');
    expect(await put(path, { ...spec, digest: 'sha256:1' })).toMatch(
      /^body.digest: must be sha256/,
    );
    expect(await put(path, { ...spec, version: '2.0.0' })).toMatch(
      /path says version 1.0.0, the body 2.0.0/,
    );
    expect(await put(path, { ...spec, format: 'container' })).toMatch(
      /^body.format: 'container' needs a block 'container:' beside it/,
    );
    expect(
      await put(`${modelPath('production', 'Bad_Name')}/versions/1.0.0`, spec),
    ).toMatch(/^path.model: /);
    expect(
      await put('/environments/test/models/test/versions/1.0.0', spec),
    ).toMatch(/^path.environment: /);
    expect(
      await put(`${MODEL}/routes`, { generation: 0, split: [], majors: {} }),
    ).toMatch(/body.generation: .*; body.split: /);
    expect(
      await put(`${MODEL}/routes`, {
        generation: 1,
        split: [{ version: '1.0.0', weight: 1 }],
        majors: { 2: [{ version: '1.0.0', weight: 1 }] },
      }),
    ).toMatch(/majors.2 names version 1.0.0/);
    expect((await server.control('GET', '/nothing')).status).toBe(404);
    expect(
      (await server.control('GET', `${MODEL}/versions/1.0.0`)).status,
    ).toBe(404);
    expect(await server.status()).toEqual({ models: [] });
  });

  it('accepts routes by generation, and only to versions that are ready', async () => {
    const { server, registry } = bed;
    await server.load(push('1.0.0'));
    await server.load(push('1.1.0'));
    const broken = registry.push({
      version: '1.2.0',
      artifact: fixture('corrupt'),
      interface: ARITHMETIC,
    });
    await server.load(broken, 'failed');
    const to = (version: string) => [{ version, weight: 1 }];
    const refused = async (generation: number, version: string) => {
      const answer = await server.route(generation, to(version));
      expect(answer.status).toBe(409);
      return answer.body.error.message;
    };

    expect(await refused(1, '1.2.0')).toMatch(
      /version 1.2.0 is not ready: failed, ONNX Runtime/,
    );
    expect(await refused(1, '3.0.0')).toMatch(
      /version 3.0.0 is not ready: it was never accepted/,
    );
    expect((await server.route(5, to('1.0.0'))).status).toBe(200);
    expect((await server.route(5, to('1.0.0'))).status).toBe(200);
    expect(await refused(5, '1.1.0')).toMatch(
      /generation 5 of the routes is not above the accepted 5/,
    );
    expect(await refused(4, '1.0.0')).toMatch(/generation 4/);
    expect((await server.infer('test', ADD)).headers.get('x-ml-version')).toBe(
      '1.0.0',
    );
    expect((await server.route(6, to('1.1.0'))).status).toBe(200);
    expect((await server.infer('test', ADD)).headers.get('x-ml-version')).toBe(
      '1.1.0',
    );
  });

  it('unloads versions that no route names, and removes models with all they have', async () => {
    const { server } = bed;
    await server.load(push('1.0.0'));
    await server.load(push('1.1.0'));
    await server.route(1, [{ version: '1.0.0', weight: 1 }]);
    const remove = (path: string) => server.control<any>('DELETE', path);

    const named = await remove(`${MODEL}/versions/1.0.0`);
    expect(named.status).toBe(409);
    expect(named.body.error.message).toMatch(
      /routes of test in production name version 1.0.0/,
    );
    expect((await remove(`${MODEL}/versions/1.1.0`)).status).toBe(204);
    expect((await remove(`${MODEL}/versions/1.1.0`)).status).toBe(204);
    expect(server.workerPids()).toHaveLength(1);
    expect((await remove(MODEL)).status).toBe(204);
    expect((await remove(MODEL)).status).toBe(204);
    expect(server.workerPids()).toHaveLength(0);
    expect(await server.status()).toEqual({ models: [] });
    expect((await server.infer('test', ADD)).status).toBe(404);
  });

  it.each([
    [
      'corrupt',
      ARITHMETIC,
      /^ONNX Runtime cannot load the artifact: .*Protobuf parsing failed/,
    ],
    ['integers', ARITHMETIC, /^the model has no input 'a'; it has 'n'/],
    [
      'arithmetic',
      { ...ARITHMETIC, outputs: [tensor('sum', 'FP64', -1, 3)] },
      /^output 'sum' is declared as FP64, but the model has FP32/,
    ],
    [
      'arithmetic',
      {
        ...ARITHMETIC,
        inputs: [tensor('a', 'FP32', -1, -1), tensor('b', 'FP32', -1, 3)],
      },
      /^input 'a' is declared with shape \[-1, -1\], but the model has \[n, 3\]/,
    ],
    [
      'arithmetic',
      { ...ARITHMETIC, inputs: [tensor('a', 'FP32', -1, 3)] },
      /^the model needs input 'b', which the interface does not declare/,
    ],
    [
      'zipmap',
      {
        inputs: [tensor('features', 'FP32', -1, 2)],
        outputs: [tensor('probabilities', 'FP32', -1, 2)],
      },
      /^output 'probabilities' is not a tensor but a sequence or map; export the model without ZipMap/,
    ],
  ])(
    'says why the model %s cannot be loaded as declared',
    async (name, iface, reason) => {
      const spec = bed.registry.push({
        version: '1.0.0',
        artifact: fixture(name),
        interface: iface,
      });
      const status = await bed.server.load(spec, 'failed');
      expect(status.reason).toMatch(reason);
      expect(bed.server.workerPids()).toEqual([]);
    },
  );

  it('answers a body that is too large instead of hanging up', async () => {
    const { hostname, port } = new URL(bed.server.addresses.control);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', chunk => {
      answer += chunk;
    });
    const size = 5 * 1024 * 1024;
    socket.write(
      `PUT /control/v1${MODEL}/routes HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer control-token-of-the-tests\r\ncontent-length: ${size}\r\n\r\n`,
    );
    socket.write(' '.repeat(size));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });
});
