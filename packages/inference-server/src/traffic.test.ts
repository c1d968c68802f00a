import type { TrafficReport } from '@ml-platform/plugin-ml-common';
import { ADD, ARITHMETIC, fixture, TestBed, waitFor } from './__testUtils__';

const PATH = 'environments/production/models/test/traffic';

describe('traffic of the last day', () => {
  let bed: TestBed;

  beforeAll(async () => {
    bed = await TestBed.start();
    const artifact = fixture('arithmetic');
    await bed.server.load(
      bed.registry.push({ version: '1.0.0', artifact, interface: ARITHMETIC }),
    );
    await bed.server.route(1, [{ version: '1.0.0', weight: 1 }]);
  });
  afterAll(() => bed.stop());

  const report = async () =>
    (await bed.server.control<TrafficReport>('GET', `/${PATH}`)).body;
  const send = async (times: number, body: unknown = ADD) => {
    for (let i = 0; i < times; i += 1) await bed.server.infer('test', body);
  };

  it('counts what became of requests, by version and interval', async () => {
    expect((await report()).total).toEqual({
      requests: 0,
      errors: 0,
      rejected: 0,
    });
    await send(5);
    await send(2, { inputs: [] });
    const { from, intervals, intervalSeconds, to, total, versions } =
      await report();
    expect(total).toMatchObject({ requests: 7, errors: 0, rejected: 2 });
    expect(total.p50Ms).toBeGreaterThan(0);
    expect(total.p99Ms).toBeGreaterThanOrEqual(total.p50Ms!);
    expect(versions).toMatchObject([{ version: '1.0.0', requests: 7 }]);
    expect(intervalSeconds).toBe(900);
    // The test may run across the end of one.
    expect(intervals.reduce((sum, each) => sum + each.requests, 0)).toBe(7);
    for (const { start } of intervals) {
      expect(start >= from && start <= to).toBe(true);
    }
  });

  it('goes on counting after a restart, and after a kill from what was kept', async () => {
    await bed.restart('SIGTERM');
    expect((await report()).total).toMatchObject({ requests: 7, rejected: 2 });
    await waitFor('the version to serve', async () =>
      (await bed.server.infer('test', ADD)).status === 200 ? true : undefined,
    );
    const before = (await report()).total.requests;
    expect(before).toBeGreaterThan(7);
    await bed.restart('SIGKILL');
    // At most the last seconds are lost.
    expect((await report()).total.requests).toBeGreaterThanOrEqual(7);
  });

  it('has nothing of a model that nobody asked', async () => {
    const other = PATH.replace('production', 'staging');
    const { body } = await bed.server.control<TrafficReport>(
      'GET',
      `/${other}`,
    );
    expect(body).toMatchObject({ versions: [], intervals: [] });
  });
});
