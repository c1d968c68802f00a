import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SupervisorStatus } from './supervisor/SupervisorFile';
import {
  ADD,
  addMessage,
  ARITHMETIC,
  fixture,
  modelPath,
  routesTo,
  ServerProcess,
  startGrpcTraffic,
  startTraffic,
  TestRegistry,
  waitFor,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');

describe('a supervised server', () => {
  let registry: TestRegistry;
  let dataDir: string;
  let server: ServerProcess;

  const options = () => ({ dataDir, registryUrl: registry.url });
  const supervisor = (): SupervisorStatus =>
    JSON.parse(readFileSync(join(dataDir, 'supervisor.json'), 'utf8'));
  const upgrade = () =>
    ServerProcess.run(ServerProcess.environment(options()), ['upgrade']);
  const load = (version: string) =>
    server.load(
      registry.push({
        version,
        artifact: fixture('arithmetic'),
        interface: ARITHMETIC,
      }),
    );

  beforeEach(async () => {
    registry = new TestRegistry();
    await registry.start();
    dataDir = mkdtempSync(join(tmpdir(), 'ml-inference-test-'));
    server = await ServerProcess.start({ ...options(), words: ['supervise'] });
    await load('1.0.0');
    await load('1.1.0');
    await server.control('PUT', `${MODEL}/routes`, routesTo('1.0.0', 1));
  });
  afterEach(async () => {
    await server.end();
    await registry.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('is upgraded under load without a failed request, also while routes change', async () => {
    const calls = startTraffic(() => server, ADD, { callers: 8 });
    const grpcCalls = startGrpcTraffic(
      server.grpcAddresses.production,
      addMessage(),
    );
    const first = supervisor().server!;
    let generation = 1;
    for (let round = 0; round < 2; round++) {
      for (const version of ['1.1.0', '1.0.0']) {
        generation += 1;
        const answer = await server.control(
          'PUT',
          `${MODEL}/routes`,
          routesTo(version, generation),
        );
        expect(answer.status).toBe(200);
      }
      expect(await upgrade()).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^upgraded: process \d+ serves\n$/),
      });
    }
    // As many as it takes on a slow machine, the last upgrade's drain among them.
    await waitFor(
      'enough answers',
      () =>
        calls.statuses[200] >= 500 && grpcCalls.statuses.OK >= 500
          ? true
          : undefined,
      60_000,
    );
    const statuses = await calls.stop();
    expect(Object.keys(statuses)).toEqual(['200']);
    expect(Object.keys(await grpcCalls.stop())).toEqual(['OK']);
    expect(supervisor().server).not.toBe(first);
    const [model] = (await server.status()).models;
    expect(model.routes!.generation).toBe(generation);
    await waitFor('the old servers to be gone', () => {
      try {
        process.kill(first, 0);
        return undefined;
      } catch {
        return true;
      }
    });
  });

  it('is back at once when it is killed, with the same routes', async () => {
    const { server: pid } = supervisor();
    process.kill(pid!, 'SIGKILL');
    // Whoever connects now waits until the next one accepts.
    const answer = await waitFor('an answer', async () => {
      const got = await server.infer('test', ADD).catch(() => undefined);
      return got?.status === 200 ? got : undefined;
    });
    expect(answer.headers.get('x-ml-version')).toBe('1.0.0');
    expect(supervisor().server).not.toBe(pid);
    expect((await upgrade()).code).toBe(0);
  });

  it('is started again also where that cannot be noted', async () => {
    const { server: pid } = supervisor();
    const inTheWay = join(dataDir, 'supervisor.json.tmp');
    mkdirSync(inTheWay);
    process.kill(pid!, 'SIGKILL');
    await waitFor('an answer', async () => {
      const got = await server.infer('test', ADD).catch(() => undefined);
      return got?.status === 200 ? true : undefined;
    });
    expect(server.log).toContain('It cannot be noted which server serves');
    rmdirSync(inTheWay);
    expect((await upgrade()).code).toBe(0);
  });

  it('sends no signal to a program that has the number of one that is gone', async () => {
    const file = join(dataDir, 'supervisor.json');
    const kept = readFileSync(file);
    writeFileSync(file, JSON.stringify({ pid: process.pid }));
    const { code, stderr } = await upgrade();
    writeFileSync(file, kept);
    expect(stderr).toMatch(/no supervised server runs on/);
    expect(code).toBe(1);
  });

  it('goes on when the new one does not have what it had', async () => {
    const { server: before } = supervisor();
    await registry.stop();
    rmSync(join(dataDir, 'blobs'), { recursive: true });
    expect(await upgrade()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /the old server goes on: the new server did not load production\/test@1\.0\.0/,
      ),
    });
    expect(supervisor().server).toBe(before);
    expect((await server.infer('test', ADD)).status).toBe(200);
    const changed = await server.control(
      'PUT',
      `${MODEL}/routes`,
      routesTo('1.1.0', 2),
    );
    expect(changed.status).toBe(200);
  });

  it('says that nothing is there to be upgraded', async () => {
    const { code, stderr } = await ServerProcess.run(
      {
        ...ServerProcess.environment(options()),
        ML_INFERENCE_DIR: join(dataDir, 'other'),
      },
      ['upgrade'],
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/no supervised server runs on .*supervise/);
  });
});
