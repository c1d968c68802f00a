import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashKey } from './callers/KeyAuthenticator';
import {
  ADD,
  ARITHMETIC,
  fixture,
  ServerProcess,
  SLOW,
  slowRequest,
  TestBed,
  untilBusy,
  waitFor,
} from './__testUtils__';

const KEYS = { shop: 'key-of-the-shop', lab: 'key-of-the-lab', old: 'old-key' };

const consumers = [
  { name: 'shop', keys: [{ sha256: hashKey(KEYS.shop) }] },
  {
    name: 'lab',
    keys: [
      { sha256: hashKey(KEYS.lab) },
      { sha256: hashKey(KEYS.old), expires: '2020-01-01T00:00:00Z' },
    ],
    allow: [{ environments: ['production'], models: ['slow', 'te*'] }],
    limits: { concurrency: 1 },
  },
];

describe('callers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-callers-test-'));
  const file = join(folder, 'callers.yaml');
  /** As an operator would: the new file takes the old one's place at once. */
  const configure = (content: object | string) => {
    const text =
      typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  let bed: TestBed;

  beforeAll(async () => {
    configure({ consumers });
    bed = await TestBed.start({ ML_CALLERS_FILE: file, ML_OPS_PORT: '0' });
    for (const [model, artifact, iface] of [
      ['test', 'arithmetic', ARITHMETIC],
      ['slow', 'slow', SLOW],
    ] as const) {
      const spec = bed.registry.push({
        version: '1.0.0',
        artifact: fixture(artifact),
        interface: iface,
      });
      await bed.server.load(spec, 'ready', model);
      await bed.server.route(1, [{ version: '1.0.0', weight: 1 }], model);
    }
  });

  afterAll(async () => {
    await bed.stop();
    rmSync(folder, { recursive: true });
  });

  it('are asked for a key, and told how to send it', async () => {
    const answer = await bed.server.infer('test', ADD);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.body.error).toMatch(
      /has to know who calls; send "Authorization: Bearer <key>"/,
    );
    for (const headers of [bearer('wrong'), { authorization: 'Basic eDp5' }]) {
      expect((await bed.server.infer('test', ADD, headers)).status).toBe(401);
    }
    const expired = await bed.server.infer('test', ADD, bearer(KEYS.old));
    expect(expired.status).toBe(401);
    expect(expired.body.error).toMatch(/key of consumer lab has expired/);
    expect((await bed.server.get('/v2/models/test')).status).toBe(401);
    expect((await bed.server.get('/v2/health/ready')).status).toBe(200);
  });

  it('are served with a key, and named in log and metrics', async () => {
    for (const headers of [bearer(KEYS.shop), { 'x-api-key': KEYS.shop }]) {
      expect((await bed.server.infer('test', ADD, headers)).status).toBe(200);
    }
    const text = await (
      await fetch(`${bed.server.addresses.ops}/metrics`)
    ).text();
    expect(text).toContain(
      'ml_inference_consumer_requests_total{environment="production",consumer="shop",code="2xx"} 2',
    );
    expect(text).not.toContain(KEYS.shop);
    expect(bed.server.log).not.toContain(KEYS.shop);
  });

  it('call the models that they may', async () => {
    const lab = bearer(KEYS.lab);
    expect((await bed.server.infer('test', ADD, lab)).status).toBe(200);
    const other = await bed.server.infer('other', ADD, lab);
    expect(other.status).toBe(403);
    expect(other.body.error).toMatch(
      /consumer lab may not call model 'other' in production/,
    );
    const staging = await bed.server.infer('test', ADD, lab, 'staging');
    expect(staging.status).toBe(403);
  });

  it('have as many requests under way as they may', async () => {
    const lab = bearer(KEYS.lab);
    const first = bed.server.infer('slow', slowRequest(1_000_000), lab);
    const pid = await waitFor('the worker', async () => {
      const pids = bed.server.workerPids();
      return pids.at(-1);
    });
    await untilBusy(pid);
    const second = await bed.server.infer('test', ADD, lab);
    expect(second.status).toBe(429);
    expect(second.headers.get('retry-after')).toBe('1');
    expect(
      (await bed.server.infer('test', ADD, bearer(KEYS.shop))).status,
    ).toBe(200);
    expect((await first).status).toBe(200);
    expect((await bed.server.infer('test', ADD, lab)).status).toBe(200);
  });

  it('are read anew when the file changes, and a broken file changes nothing', async () => {
    const shop = bearer(KEYS.shop);
    configure({
      consumers: [
        { ...consumers[0], limits: { requestsPerSecond: 0.01, burst: 2 } },
      ],
    });
    await waitFor('the lab to be unknown', async () => {
      const { status } = await bed.server.infer('test', ADD, bearer(KEYS.lab));
      return status === 401 ? true : undefined;
    });
    const answers = [];
    for (let i = 0; i < 3; i++) {
      answers.push(await bed.server.infer('test', ADD, shop));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const retryAfter = Number(answers[2].headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(50);

    configure('consumers: [{name: Shop}]');
    const problem = await waitFor('the problem to be told', async () => {
      const url = `${bed.server.addresses.ops}/health`;
      const { problems } = (await (await fetch(url)).json()) as any;
      return problems[0];
    });
    expect(problem.reason).toMatch(
      /callers\.yaml: consumers\.0\.name: must be up to 63 lower-case/,
    );
    expect((await bed.server.infer('test', ADD, shop)).status).toBe(429);

    configure({ consumers });
    await waitFor('the lab to be known', async () => {
      const { status } = await bed.server.infer('test', ADD, bearer(KEYS.lab));
      return status === 200 ? true : undefined;
    });
  });
});

describe('callers nobody is asked for', () => {
  const environment = (env: NodeJS.ProcessEnv) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ml-callers-test-'));
    const usual = { dataDir, registryUrl: 'http://localhost', env };
    return { dataDir, env: ServerProcess.environment(usual) };
  };

  it('are refused where others than this machine can call', async () => {
    const { dataDir, env } = environment({ ML_HOST: '0.0.0.0' });
    const { code, stderr } = await ServerProcess.run(env);
    rmSync(dataDir, { recursive: true });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^ml-inference-server: the gateways on 0\.0\.0\.0 .*set ML_CALLERS_FILE/,
      ),
    ]);
  });

  it('are told of at the start on loopback', async () => {
    const bed = await TestBed.start();
    expect(bed.server.log).toContain(
      'Everybody on this machine may call every model',
    );
    await bed.stop();
  });

  it.each([
    ['a file that is not there', undefined, /no such file/],
    ['a file that is no YAML', '{', /is not valid YAML/],
    [
      'a key that is there twice',
      JSON.stringify({
        consumers: ['a', 'b'].map(name => ({
          name,
          keys: [{ sha256: hashKey('same') }],
        })),
      }),
      /the key [0-9a-f]{64} is there twice \(consumer a\)/,
    ],
  ])('make the server refuse %s', async (_, text, reason) => {
    const { dataDir, env } = environment({});
    const file = join(dataDir, 'callers.yaml');
    if (text !== undefined) writeFileSync(file, text);
    const { code, stderr } = await ServerProcess.run({
      ...env,
      ML_CALLERS_FILE: file,
    });
    rmSync(dataDir, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(reason);
  });
});
