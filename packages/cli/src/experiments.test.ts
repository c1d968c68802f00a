import type { ModelExperiment } from '@ml-platform/plugin-ml-common';
import { FakePortal } from './__testUtils__/FakePortal';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const EXPERIMENT: ModelExperiment = {
  id: 'one',
  name: 'price',
  revision: 1,
  model: 'wine',
  environment: 'production',
  state: 'running',
  forcible: false,
  stickyHeader: 'x-user-id',
  arms: [
    { name: 'control', version: '1.0.0', weight: 80 },
    { name: 'new', version: '1.1.0', weight: 20 },
  ],
  counts: {
    control: {
      requests: 300,
      errors: 2,
      forced: 0,
      latencyMs: { p50: 4, p90: 8, p99: 12 },
    },
    new: { requests: 0, errors: 0, forced: 0 },
  },
};

describe('ml experiments', () => {
  let process: MlProcess;
  const portal = new FakePortal(({ call }) =>
    call.startsWith('GET ') ? { items: [EXPERIMENT] } : EXPERIMENT,
  );

  beforeAll(async () => {
    process = await MlProcess.build();
    await portal.start();
  });
  afterAll(async () => {
    portal.stop();
    await process.dispose();
  });
  beforeEach(() => {
    portal.seen = [];
  });

  const ml = (...args: string[]) =>
    process.run(['experiments', ...args], {
      env: portal.env,
    });
  const ARMS = ['--arm', 'control=1.0.0:80', '--arm', 'new=1.1.0:20'];

  it('start with their arms, and stop with their counts', async () => {
    const started = await ml(
      ...['start', 'wine', 'price', '--env', 'production', '--no-force'],
      ...['--sticky-header', 'X-User-Id', ...ARMS],
    );
    expect(started.code).toBe(0);
    expect(started.stderr).toContain("Experiment 'price' of wine runs");
    expect(portal.seen.pop()).toEqual({
      call: 'POST /models/wine/experiments',
      body: {
        environment: 'production',
        name: 'price',
        arms: EXPERIMENT.arms,
        stickyHeader: 'x-user-id',
        forcible: false,
      },
    });
    const stopped = await ml('stop', 'wine', '--env', 'production', '--yes');
    expect(portal.seen.pop()?.call).toBe(
      'DELETE /models/wine/experiments/production',
    );
    expect(stopped.stdout).toMatch(/control +1\.0\.0 +80 % +300 +2 +4 ms/);
    expect(stopped.stdout).toMatch(/new +1\.1\.0 +20 % +0 +0 +no data/);
  });

  it('list an arm a line, and change weights', async () => {
    const { stdout } = await ml('list', 'wine', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'ExperimentList',
      items: [
        { experiment: 'price', arm: 'control', share: 0.8, requests: 300 },
        { arm: 'new', requests: 0 },
      ],
    });
    await ml('set', 'wine', '--env', 'production', ...ARMS);
    expect(portal.seen.pop()).toEqual({
      call: 'PUT /models/wine/experiments/production',
      body: { arms: EXPERIMENT.arms },
    });
  });

  it('refuse an arm that cannot be read, before they ask', async () => {
    const { code, stderr } = await ml(
      ...['set', 'wine', '--env', 'production', '--arm', 'control=80'],
    );
    expect(code).toBe(2);
    expect(stderr).toContain("'control=80' is not <name>=<version>:<weight>");
    expect(portal.seen).toEqual([]);
  });
});
