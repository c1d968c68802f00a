import type { TrafficReport } from '@ml-platform/plugin-ml-common';
import { FakePortal } from './__testUtils__/FakePortal';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const REPORT: TrafficReport = {
  from: '2026-11-26T10:15:00.000Z',
  to: '2026-11-27T10:07:00.000Z',
  total: {
    ...{ requests: 1204, errors: 4, rejected: 40 },
    ...{ p50Ms: 1.8, p95Ms: 7.1, p99Ms: 16.2 },
  },
  versions: [
    { version: '1.1.0', requests: 1200, errors: 0, rejected: 40, p50Ms: 1.8 },
    { version: '1.0.0', requests: 4, errors: 4, rejected: 0, p50Ms: 30 },
  ],
  intervalSeconds: 900,
  intervals: [],
};
const NONE = { requests: 0, errors: 0, rejected: 0 };

describe('ml traffic', () => {
  let process: MlProcess;
  let report: TrafficReport;
  const portal = new FakePortal(() => report);

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
    report = REPORT;
  });

  const ml = (...args: string[]) =>
    process.run(['traffic', ...args], {
      env: portal.env,
    });

  it('shows each version and all of them', async () => {
    const { code, stdout } = await ml('wine', '--env', 'staging');
    expect(code).toBe(0);
    expect(portal.seen).toEqual([
      { call: 'GET /models/wine/deployments/staging/traffic' },
    ]);
    const rows = stdout
      .trim()
      .split('\n')
      .map(row => row.split(/ {2,}/));
    expect(rows.slice(1)).toEqual([
      ['1.1.0', '1200', '0', '40 (3.3 %)', '1.8 ms', '-', '-'],
      ['1.0.0', '4', '4 (100 %)', '0', '30 ms', '-', '-'],
      [
        ...['all', '1204', '4 (0.33 %)', '40 (3.3 %)'],
        ...['1.8 ms', '7.1 ms', '16.2 ms'],
      ],
    ]);
  });

  it('gives all of it as JSON, and says when nobody called', async () => {
    const printed = await ml('wine', '--json');
    expect(JSON.parse(printed.stdout).data).toEqual(REPORT);
    report = { ...REPORT, total: NONE, versions: [] };
    const { code, stderr, stdout } = await ml('wine');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('Nobody called wine in production');
  });
});
