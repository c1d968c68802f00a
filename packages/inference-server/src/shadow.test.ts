import type { RolloutPlan } from '@ml-platform/plugin-ml-common';
import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  planFor,
  rolloutOf,
  rolloutReaches,
  routesTo,
  startTraffic,
  TestBed,
  waitFor,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');
const STABLE = '1.0.0';
const SHADOW = '1.1.0';
/** The faulty model fails on ADD, and answers this. */
const EASY = {
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [1, 3], data: [0, 1, 2] },
    { name: 'b', datatype: 'FP32', shape: [1, 3], data: [0, 0.5, 0] },
  ],
};

/** The arithmetic model, whose sums are differences. */
function contrary(): Buffer {
  const bytes = fixture('arithmetic').toString('latin1');
  return Buffer.from(bytes.replace('Add', 'Sub'), 'latin1');
}

describe('a shadow', () => {
  let bed: TestBed;

  const load = (version: string, artifact: Buffer) =>
    bed.server.load(
      bed.registry.push({ version, artifact, interface: ARITHMETIC }),
    );

  beforeEach(async () => {
    bed = await TestBed.start();
    await load(STABLE, fixture('arithmetic'));
    await bed.server.control('PUT', `${MODEL}/routes`, routesTo(STABLE, 1));
  });
  afterEach(async () => bed.stop());

  const begin = async (
    mirror: Partial<RolloutPlan['mirror']> = {},
    changes: Partial<RolloutPlan> = {},
  ) => {
    const plan = planFor(STABLE, SHADOW, {
      strategy: 'shadow',
      mirror: {
        percent: 100,
        holdMs: 3_600_000,
        minRequests: 20,
        maxErrorRate: 1,
        tolerance: 1e-5,
        afterwards: 'end',
        ...mirror,
      },
      ...changes,
    });
    const answer = await bed.server.control('PUT', `${MODEL}/rollout`, plan);
    expect(answer.status).toBe(200);
  };
  const reached = (what: string, holds: Parameters<typeof rolloutReaches>[2]) =>
    rolloutReaches(() => bed.server, what, holds);
  const versionOf = async (name: string) =>
    (await bed.server.status()).models[0].versions.find(
      ({ version }) => version === name,
    )!;

  it('answers copies for nobody, and says how its answers compare', async () => {
    await load(SHADOW, contrary());
    await begin({ holdMs: 500 });
    const calls = startTraffic(() => bed.server, EASY);
    const over = await reached(
      'the report',
      ({ state }) => state !== 'running',
    );
    expect(await calls.stop()).toEqual({ 200: expect.any(Number) });
    expect(over).toMatchObject({
      state: 'reported',
      weight: 0,
      report: {
        errors: 0,
        agreed: 0,
        outputs: {
          // Three numbers an answer, of which one differs: 1 + 0.5 and 1 - 0.5.
          sum: { maxDifference: 1 },
          difference: { differing: 0, maxDifference: 0 },
        },
        latencyMs: {
          shadow: { p50: expect.any(Number), p99: expect.any(Number) },
          live: { p50: expect.any(Number) },
        },
      },
    });
    const { compared, outputs, sent } = over.report!;
    expect(sent).toBeGreaterThan(20);
    expect(outputs.sum).toMatchObject({
      elements: 3 * compared,
      differing: compared,
    });
    expect(over.events.map(({ what }) => what)).toEqual(['mirror', 'reported']);
    expect(over.events[1].cause).toMatch(
      /0 failed, 0 of \d+ answers were the same/,
    );
    expect((await versionOf(SHADOW)).requests).toBe(0);
    const { models } = await bed.server.status();
    expect(models[0].routes!.split).toEqual([{ version: STABLE, weight: 100 }]);
  });

  it('copies the share that was asked for', async () => {
    await load(SHADOW, fixture('arithmetic'));
    await begin({ percent: 20 });
    const total = 500;
    const ask = () => bed.server.infer('test', ADD);
    for (let sent = 0; sent < total; sent += 10) {
      await Promise.all(Array.from({ length: 10 }, ask));
    }
    const copies = await waitFor('the copies to be counted', async () => {
      const { report } = await rolloutOf(bed.server);
      const sent = (report?.sent ?? 0) + (report?.dropped ?? 0);
      return sent >= 50 ? sent : undefined;
    });
    // Five standard deviations.
    expect(Math.abs(copies - 100)).toBeLessThan(5 * Math.sqrt(total * 0.16));
  });

  it('that hangs, fails and dies is nobody’s loss', async () => {
    await load(SHADOW, fixture('faulty'));
    const [, shadowPid] = bed.server.workerPids();
    await begin();
    const calls = startTraffic(() => bed.server, ADD);
    await reached('failed copies', ({ report }) => (report?.errors ?? 0) > 10);
    process.kill(shadowPid, 'SIGSTOP');
    const before = (await versionOf(STABLE)).requests;
    await reached(
      'dropped copies',
      ({ report }) => (report?.dropped ?? 0) > 50,
    );
    const start = performance.now();
    expect((await bed.server.infer('test', ADD)).status).toBe(200);
    expect(performance.now() - start).toBeLessThan(5_000);
    process.kill(shadowPid, 'SIGKILL');
    await bed.server.until(SHADOW, 'ready');
    const statuses = await calls.stop();
    expect(Object.keys(statuses)).toEqual(['200']);
    const stable = await versionOf(STABLE);
    expect(stable).toMatchObject({ errors: 0, state: 'ready' });
    expect(stable.requests).toBeGreaterThan(before);
    // One dead worker is no reason to end it.
    expect((await rolloutOf(bed.server)).state).toBe('running');
  });

  it('that fails more than its plan allows is ended', async () => {
    await load(SHADOW, fixture('faulty'));
    const calls = startTraffic(() => bed.server, ADD);
    await begin({ maxErrorRate: 0.05 });
    const over = await reached('its end', ({ state }) => state !== 'running');
    await calls.stop();
    expect(over).toMatchObject({ state: 'rolled_back', weight: 0 });
    expect(over.events.at(-1)!.cause).toMatch(
      /\d+ of \d+ copies failed, more than 5 %/,
    );
  });

  it('becomes a canary where the plan says so, and its report survives kills', async () => {
    await load(SHADOW, fixture('arithmetic'));
    const calls = startTraffic(() => bed.server, ADD);
    await begin({ holdMs: 1_500, maxDisagreement: 0, afterwards: 'canary' });
    const seen = await reached(
      'copies',
      ({ report }) => (report?.sent ?? 0) > 20,
    );
    await bed.restart('SIGKILL');
    await bed.server.until(SHADOW, 'ready');
    const after = await rolloutOf(bed.server);
    expect(after).toMatchObject({ state: 'running', phase: 'mirror' });
    expect(after.report!.sent).toBeGreaterThanOrEqual(seen.report!.sent);
    const over = await reached('its end', ({ state }) => state !== 'running');
    await calls.stop();
    expect(over.state).toBe('promoted');
    expect(over.events.map(({ what }) => what)).toEqual([
      'mirror',
      'step',
      'step',
      'promoted',
    ]);
    expect(over.report).toMatchObject({ errors: 0 });
    expect(over.report!.agreed).toBe(over.report!.compared);
  });

  it('does not become a canary when its answers differ', async () => {
    await load(SHADOW, contrary());
    const calls = startTraffic(() => bed.server, EASY);
    await begin({ holdMs: 300, maxDisagreement: 0.1, afterwards: 'canary' });
    const over = await reached('its end', ({ state }) => state !== 'running');
    await calls.stop();
    expect(over.state).toBe('rolled_back');
    expect(over.events.at(-1)!.cause).toMatch(
      /answers differed, more than 10 %/,
    );
  });
});

describe('a blue-green release', () => {
  let bed: TestBed;

  const load = (version: string, artifact: string) =>
    bed.server.load(
      bed.registry.push({
        version,
        artifact: fixture(artifact),
        interface: ARITHMETIC,
      }),
    );

  beforeEach(async () => {
    bed = await TestBed.start();
    await load(STABLE, 'arithmetic');
    await bed.server.control('PUT', `${MODEL}/routes`, routesTo(STABLE, 1));
  });
  afterEach(async () => bed.stop());

  const begin = (bakeMs: number, requests: unknown[]) =>
    bed.server.control('PUT', `${MODEL}/rollout`, {
      ...planFor(STABLE, SHADOW, {
        strategy: 'blueGreen',
        steps: [{ weight: 100, holdMs: bakeMs }],
        insufficientEvidence: 'proceed_flagged',
      }),
      check: { requests: requests.map(request => JSON.stringify(request)) },
    });
  const reached = (what: string, holds: Parameters<typeof rolloutReaches>[2]) =>
    rolloutReaches(() => bed.server, what, holds);

  it('is checked, takes over at once, and is done when it was watched long enough', async () => {
    await load(SHADOW, 'arithmetic');
    const calls = startTraffic(() => bed.server, ADD);
    await begin(600, [ADD, EASY]);
    const baking = await reached('the switch', ({ weight }) => weight === 100);
    expect(baking.state).toBe('running');
    expect(
      (await bed.server.infer('test', ADD)).headers.get('x-ml-version'),
    ).toBe(SHADOW);
    // The way back stays warm.
    const gone = await bed.server.control(
      'DELETE',
      `${MODEL}/versions/${STABLE}`,
    );
    expect(gone.status).toBe(409);
    const over = await reached('its end', ({ state }) => state !== 'running');
    expect(await calls.stop()).toEqual({ 200: expect.any(Number) });
    expect(over.state).toBe('promoted');
    expect(over.events.map(({ what }) => what)).toEqual([
      'check',
      'step',
      'promoted',
    ]);
    expect(over.events[1].cause).toMatch(/it answered 2 sample requests well/);
  });

  it('gets no request when it does not pass the check', async () => {
    await load(SHADOW, 'faulty');
    await begin(60_000, [EASY, ADD]);
    const over = await reached('its end', ({ state }) => state !== 'running');
    expect(over).toMatchObject({ state: 'rolled_back', weight: 0 });
    expect(over.events.at(-1)!.cause).toMatch(
      /1\.1\.0 did not pass the check: sample request 2 of 2 was answered with 500/,
    );
    const { versions } = (await bed.server.status()).models[0];
    expect(versions[1]).toMatchObject({ version: SHADOW, requests: 0 });
  });

  it('switches back by itself when it fails while it is watched', async () => {
    await load(SHADOW, 'faulty');
    await begin(3_600_000, [EASY]);
    await reached('the switch', ({ weight }) => weight === 100);
    const calls = startTraffic(() => bed.server, ADD);
    const over = await reached('its end', ({ state }) => state !== 'running');
    await calls.stop();
    expect(over.state).toBe('rolled_back');
    expect(
      (await bed.server.infer('test', ADD)).headers.get('x-ml-version'),
    ).toBe(STABLE);
  });
});
