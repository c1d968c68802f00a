import {
  ARITHMETIC,
  fixture,
  modelPath,
  numbers,
  planFor,
  pushServer,
  rolloutReaches,
  routesTo,
  startTraffic,
  TestBed,
  waitFor,
} from './__testUtils__';
import type { RolloutPlan, RolloutStatus } from '@ml-platform/plugin-ml-common';

const MODEL = modelPath('production', 'test');
const STABLE = '1.0.0';
const CANARY = '1.1.0';

/** The faulty model takes `a` for indices, of which it has three. */
const request = (...a: number[]) => ({
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [1, 3], data: a },
    { name: 'b', datatype: 'FP32', shape: [1, 3], data: [0, 0, 0] },
  ],
});
const TRAP = request(1, 2, 3);
const EASY = request(0, 1, 2);
/** Long enough for the judge to decide before the time does. */
const HOUR = 3_600_000;
const HUNDRED = { weight: 100, holdMs: 0 };

describe('a canary that is worse in a way of its own', () => {
  let bed: TestBed;

  beforeEach(async () => {
    bed = await TestBed.start();
  });

  afterEach(async () => bed.stop());

  const push = (version: string, artifact: string) =>
    bed.registry.push({
      version,
      artifact: fixture(artifact),
      interface: ARITHMETIC,
    });
  const serve = async (
    stable: Parameters<typeof bed.server.load>[0],
    canary: Parameters<typeof bed.server.load>[0],
  ) => {
    await bed.server.load(stable);
    await bed.server.load(canary);
    await bed.server.control('PUT', `${MODEL}/routes`, routesTo(STABLE, 1));
  };
  const begin = (changes: Partial<RolloutPlan>) =>
    bed.server.control<RolloutStatus>(
      'PUT',
      `${MODEL}/rollout`,
      planFor(STABLE, CANARY, changes),
    );
  const reached = (what: string, holds: (status: RolloutStatus) => boolean) =>
    rolloutReaches(() => bed.server, what, holds);
  const traffic = (body: unknown, callers?: number) =>
    startTraffic(() => bed.server, body, { callers });

  it('goes back when every other answer is an error', async () => {
    await serve(push(STABLE, 'arithmetic'), push(CANARY, 'faulty'));
    const calls = [traffic(TRAP, 5), traffic(EASY, 5)];
    await begin({ steps: [{ weight: 20, holdMs: HOUR }, HUNDRED] });
    const over = await reached('its end', ({ state }) => state !== 'running');
    await Promise.all(calls.map(({ stop }) => stop()));
    expect(over).toMatchObject({
      state: 'rolled_back',
      step: 0,
      verdict: { stream: 'errors', stable: { bad: 0 } },
    });
    const { bad, requests } = over.verdict!.canary;
    expect(bad).toBeLessThan(requests);
  });

  it('goes back when it fails nowhere and is only slower', async () => {
    await serve(
      pushServer(bed.registry, { version: STABLE }),
      pushServer(bed.registry, {
        version: CANARY,
        container: { command: ['node', 'server.mjs', '--delay', '250'] },
      }),
    );
    const calls = traffic(numbers(1, 2));
    // What is slow is frozen when the canary begins, from what was before.
    await waitFor('enough requests to say what is slow', async () =>
      (calls.statuses[200] ?? 0) > 400 ? true : undefined,
    );
    await begin({ steps: [{ weight: 50, holdMs: HOUR }, HUNDRED] });
    const over = await reached('its end', ({ state }) => state !== 'running');
    expect(await calls.stop()).toEqual({ 200: expect.any(Number) });
    expect(over).toMatchObject({
      state: 'rolled_back',
      slowMs: expect.any(Number),
      verdict: { stream: 'latency', canary: { bad: 0 } },
    });
    expect(over.events.at(-1)!.cause).toMatch(/slow/);
  });

  it('goes back when it begins to fail late, after a good start', async () => {
    await serve(push(STABLE, 'arithmetic'), push(CANARY, 'faulty'));
    const good = traffic(EASY);
    await begin({
      steps: [
        { weight: 20, holdMs: 300 },
        { weight: 50, holdMs: HOUR },
        HUNDRED,
      ],
      judge: { ...planFor(STABLE, CANARY).judge, steps: 3 },
    });
    await reached(
      'a good while in the second step',
      ({ step, verdict }) =>
        step === 1 && (verdict?.canary.requests ?? 0) > 100,
    );
    const bad = traffic(TRAP, 3);
    const over = await reached('its end', ({ state }) => state !== 'running');
    await Promise.all([good.stop(), bad.stop()]);
    expect(over).toMatchObject({ state: 'rolled_back', step: 1, weight: 0 });
    expect(over.verdict).toMatchObject({ stream: 'errors' });
  });

  it('stays through an outage that both versions share', async () => {
    await serve(push(STABLE, 'faulty'), push(CANARY, 'faulty'));
    const good = traffic(EASY);
    await begin({ steps: [{ weight: 50, holdMs: HOUR }, HUNDRED] });
    await reached('it counts', ({ verdict }) => Boolean(verdict));
    const outage = traffic(TRAP, 20);
    const within = await reached(
      'hundreds of failures of the canary',
      ({ verdict }) => (verdict?.canary.bad ?? 0) > 300,
    );
    await outage.stop();
    expect(within).toMatchObject({ state: 'running', weight: 50 });
    expect(within.verdict!.stable!.bad).toBeGreaterThan(200);
    const { e, threshold } = within.verdict!.evidence.errors;
    expect(e).toBeLessThan(threshold);
    await good.stop();
    const after = await reached('the next tick', () => true);
    expect(after.state).toBe('running');
  });
});
