import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RolloutPlan, RolloutStatus } from '@ml-platform/plugin-ml-common';
import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  planFor as planBetween,
  rolloutOf,
  rolloutReaches,
  routesTo,
  startTraffic,
  TestBed,
  waitFor,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');
const STABLE = '1.0.0';

/** The faulty model fails on this; the others do not. */
const TRAP = {
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] },
    { name: 'b', datatype: 'FP32', shape: [1, 3], data: [0, 0, 0] },
  ],
};
const EASY = {
  inputs: [
    { name: 'a', datatype: 'FP32', shape: [1, 3], data: [0, 1, 2] },
    { name: 'b', datatype: 'FP32', shape: [1, 3], data: [0, 0, 0] },
  ],
};

describe('a rollout', () => {
  let bed: TestBed;

  const push = (version: string, artifact: string) =>
    bed.registry.push({
      version,
      artifact: fixture(artifact),
      interface: ARITHMETIC,
    });

  beforeEach(async () => {
    bed = await TestBed.start();
    await bed.server.load(push(STABLE, 'arithmetic'));
    await bed.server.control('PUT', `${MODEL}/routes`, routesTo(STABLE, 1));
  });

  afterEach(async () => bed.stop());

  const planFor = (canary: string, changes: Partial<RolloutPlan> = {}) =>
    planBetween(STABLE, canary, changes);
  const begin = (plan: RolloutPlan) =>
    bed.server.control<RolloutStatus>('PUT', `${MODEL}/rollout`, plan);
  const act = (action: string, id: string) =>
    bed.server.control<RolloutStatus>('POST', `${MODEL}/rollout/${action}`, {
      id,
      cause: `${action} by a test`,
    });
  const status = () => rolloutOf(bed.server);
  const reached = (what: string, holds: (status: RolloutStatus) => boolean) =>
    rolloutReaches(() => bed.server, what, holds);
  const split = async () => {
    const { models } = await bed.server.status();
    return Object.fromEntries(
      models[0].routes!.split.map(({ version, weight }) => [version, weight]),
    );
  };

  const traffic = (body: unknown) => startTraffic(() => bed.server, body);

  it('takes a good canary over step by step, and no request fails', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    const begun = await begin(planFor('1.1.0'));
    expect(begun.body).toMatchObject({ state: 'running', step: 0, weight: 20 });
    expect(await split()).toEqual({ '1.0.0': 80, '1.1.0': 20 });

    const calls = traffic(ADD);
    const over = await reached(
      'the promotion',
      ({ state }) => state !== 'running',
    );
    expect(await calls.stop()).toEqual({ 200: expect.any(Number) });
    expect(over).toMatchObject({
      state: 'promoted',
      weight: 100,
      flagged: false,
    });
    expect(over.events.map(({ what, step }) => [what, step])).toEqual([
      ['step', 0],
      ['step', 1],
      ['promoted', 1],
    ]);
    expect(over.events[1].verdict).toMatchObject({
      decision: 'pass',
      canary: { bad: 0 },
      stable: { bad: 0 },
    });
    expect(over.events[1].verdict!.canary.requests).toBeGreaterThanOrEqual(60);
    // At 100 % there is nothing to compare with.
    expect(over.events[2].verdict!.stable).toBeUndefined();
    const { series = [] } = over;
    expect(series.map(({ weight }) => weight)).toEqual(
      expect.arrayContaining([20, 100]),
    );
    const counted = series
      .filter(({ step }) => step === 0)
      .reduce((sum, { canary }) => sum + canary.requests, 0);
    expect(counted).toBe(over.events[1].verdict!.canary.requests);
    // The first tick may be over before the first request.
    const busy = series.find(({ stable }) => stable?.requests);
    expect(busy!.stable).toMatchObject({
      bad: 0,
      p50: expect.any(Number),
      p99: expect.any(Number),
    });
    expect(await split()).toEqual({ '1.1.0': 100 });
  });

  it('rolls a bad canary back by itself, and says why', async () => {
    await bed.server.load(push('1.1.0', 'faulty'));
    const calls = traffic(TRAP);
    await begin(planFor('1.1.0'));
    const over = await reached(
      'the rollback',
      ({ state }) => state !== 'running',
    );
    expect(over).toMatchObject({ state: 'rolled_back', step: 0, weight: 0 });
    expect(over.events.at(-1)!.cause).toMatch(/failed.*stable version/);
    expect(over.verdict).toMatchObject({
      decision: 'rollback',
      stream: 'errors',
    });
    expect(await split()).toEqual({ '1.0.0': 100 });
    expect((await calls.stop())[500]).toBeGreaterThan(0);
    for (let i = 0; i < 20; i++) {
      expect((await bed.server.infer('test', TRAP)).status).toBe(200);
    }
  });

  it('rolls a bad canary back while the disk takes nothing, and saves it afterwards', async () => {
    await bed.server.load(push('1.1.0', 'faulty'));
    await begin(planFor('1.1.0'));
    const file = join(bed.dataDir, 'state/production/test.json');
    const inTheWay = `${file}.${bed.server.pid}.tmp`;
    mkdirSync(inTheWay);
    const calls = traffic(TRAP);
    const over = await reached(
      'the rollback',
      ({ state }) => state !== 'running',
    );
    expect(over).toMatchObject({ state: 'rolled_back', weight: 0 });
    expect(await split()).toEqual({ '1.0.0': 100 });
    await calls.stop();
    const saved = () => JSON.parse(readFileSync(file, 'utf8')).rollout.state;
    expect(saved()).toBe('running');
    expect(bed.server.log).toContain(
      'What a rollout found out cannot be saved',
    );
    rmdirSync(inTheWay);
    await waitFor('the outcome on disk', () =>
      saved() === 'rolled_back' ? true : undefined,
    );
  });

  it('gives a canary no larger share that would not survive a crash', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    await begin(planFor('1.1.0'));
    const inTheWay = join(
      bed.dataDir,
      `state/production/test.json.${bed.server.pid}.tmp`,
    );
    mkdirSync(inTheWay);
    const calls = traffic(EASY);
    await waitFor('an attempt', () =>
      bed.server.log.includes('A rollout could not go on') ? true : undefined,
    );
    expect(await status()).toMatchObject({ state: 'running', weight: 20 });
    rmdirSync(inTheWay);
    await reached('the promotion', ({ state }) => state === 'promoted');
    await calls.stop();
  });

  it('rolls back at 100 % by the objective, to a version that is still warm', async () => {
    await bed.server.load(push('1.1.0', 'faulty'));
    const first = traffic(EASY);
    await begin(
      planFor('1.1.0', {
        steps: [
          { weight: 50, holdMs: 100 },
          { weight: 100, holdMs: 3_600_000 },
        ],
      }),
    );
    await reached('the second step', ({ step }) => step === 1);
    await first.stop();
    const calls = traffic(TRAP);
    const over = await reached(
      'the rollback',
      ({ state }) => state !== 'running',
    );
    await calls.stop();
    expect(over).toMatchObject({ state: 'rolled_back', step: 1 });
    expect(
      (await bed.server.infer('test', TRAP)).headers.get('x-ml-version'),
    ).toBe(STABLE);
  });

  it('goes on after the server was killed, with the evidence it had', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    await begin(
      planFor('1.1.0', {
        steps: [
          { weight: 50, holdMs: 2_500 },
          { weight: 100, holdMs: 0 },
        ],
      }),
    );
    const calls = traffic(ADD);
    const before = await reached(
      'some evidence',
      ({ verdict }) => (verdict?.canary.requests ?? 0) > 20,
    );
    await bed.restart('SIGKILL');
    await bed.server.until('1.1.0', 'ready');
    const after = await status();
    expect(after).toMatchObject({ state: 'running', step: 0, weight: 50 });
    expect(after.heldMs).toBeGreaterThanOrEqual(before.heldMs);
    expect(after.verdict!.canary.requests).toBeGreaterThanOrEqual(
      before.verdict!.canary.requests,
    );
    await reached('the promotion', ({ state }) => state === 'promoted');
    await calls.stop();
    expect(await split()).toEqual({ '1.1.0': 100 });
  });

  it('waits for evidence, or goes on flagged, or gives up, as the plan says', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    await begin(planFor('1.1.0'));
    const waiting = await reached('time to pass', ({ heldMs }) => heldMs > 900);
    expect(waiting).toMatchObject({
      state: 'running',
      step: 0,
      verdict: { decision: 'insufficient_evidence', missingRequests: 60 },
    });
    await act('abort', 'to 1.1.0');

    const next = (id: string, generation: number, changes: object) =>
      planFor('1.1.0', {
        id,
        stableRoutes: routesTo(STABLE, generation),
        canaryRoutes: routesTo('1.1.0', generation),
        ...changes,
      });
    await begin(
      next('flagged', 3, { insufficientEvidence: 'proceed_flagged' }),
    );
    const flagged = await reached(
      'its end',
      ({ state }) => state !== 'running',
    );
    expect(flagged).toMatchObject({ state: 'promoted', flagged: true });
    expect(flagged.events[1].cause).toContain('without enough evidence');

    await bed.server.control('PUT', `${MODEL}/routes`, routesTo(STABLE, 4));
    await begin(next('short', 5, { maxStepMs: 500 }));
    const given = await reached('its end', ({ state }) => state !== 'running');
    expect(given.state).toBe('rolled_back');
    expect(given.events.at(-1)!.cause).toContain('not enough evidence within');
  });

  it('makes up for traffic that is not there with sample requests, and says so', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    await begin(
      planFor('1.1.0', {
        insufficientEvidence: 'synthetic',
        replay: { requests: [JSON.stringify(EASY), JSON.stringify(TRAP)] },
      }),
    );
    const over = await reached('its end', ({ state }) => state !== 'running');
    expect(over).toMatchObject({
      state: 'promoted',
      flagged: false,
      // As many as the gate of each of the two steps asks for.
      replayed: 120,
    });
    expect(over.events.map(({ what }) => what)).toEqual([
      'step',
      'replayed',
      'step',
      'replayed',
      'promoted',
    ]);
    expect(over.events[1].cause).toBe(
      'For want of traffic, 60 sample requests were replayed to 1.1.0',
    );
    const replay = over.series!.find(({ canary }) => canary.requests > 0)!;
    expect(replay).toMatchObject({
      step: 0,
      weight: 20,
      canary: { requests: 60, bad: 0, p50: expect.any(Number) },
      stable: { requests: 60, bad: 0 },
      e: { errors: 1 },
    });
  });

  it('rolls back a canary that answers the samples badly, without any traffic', async () => {
    await bed.server.load(push('1.1.0', 'faulty'));
    await begin(
      planFor('1.1.0', {
        insufficientEvidence: 'synthetic',
        replay: { requests: [JSON.stringify(TRAP)] },
      }),
    );
    const over = await reached('its end', ({ state }) => state !== 'running');
    expect(over).toMatchObject({ state: 'rolled_back', step: 0 });
    expect(await split()).toEqual({ '1.0.0': 100 });
  });

  it('takes over at once when it is promoted by force, told by whom', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    await begin(planFor('1.1.0'));
    const { body } = await bed.server.control<RolloutStatus>(
      'POST',
      `${MODEL}/rollout/promote`,
      { id: 'to 1.1.0', cause: 'It cannot wait', actor: 'user:default/olga' },
    );
    expect(body).toMatchObject({ state: 'promoted', weight: 100 });
    expect(body.events.at(-1)).toMatchObject({
      what: 'promoted',
      cause: 'It cannot wait',
      actor: 'user:default/olga',
    });
    expect(await split()).toEqual({ '1.1.0': 100 });
    await bed.restart('SIGKILL');
    await bed.server.until('1.1.0', 'ready');
    expect(await split()).toEqual({ '1.1.0': 100 });
  });

  it('rolls back a canary whose worker keeps dying, without any traffic', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    const [stablePid, ...others] = bed.server.workerPids();
    expect(others).toHaveLength(1);
    await begin(
      planFor('1.1.0', { steps: [{ weight: 100, holdMs: 3_600_000 }] }),
    );
    const killing = setInterval(() => {
      for (const pid of bed.server.workerPids()) {
        if (pid !== stablePid) process.kill(pid, 'SIGKILL');
      }
    }, 200);
    const over = await reached(
      'the rollback',
      ({ state }) => state !== 'running',
    );
    clearInterval(killing);
    expect(over.state).toBe('rolled_back');
    expect(over.events.at(-1)!.cause).toMatch(
      /The worker of 1\.1\.0 ended 3 times in this step: it was killed/,
    );
    expect((await bed.server.infer('test', ADD)).status).toBe(200);
  });

  it('is paused, resumed and aborted by people, and gives way to new routes', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    const plan = planFor('1.1.0', {
      steps: [
        { weight: 50, holdMs: 3_600_000 },
        { weight: 100, holdMs: 0 },
      ],
    });
    await begin(plan);
    expect((await act('pause', plan.id)).body.state).toBe('paused');
    expect((await act('pause', plan.id)).body.events).toHaveLength(2);
    const paused = await status();
    await new Promise(resolve => setTimeout(resolve, 400));
    expect((await status()).heldMs).toBe(paused.heldMs);
    expect((await act('resume', plan.id)).body.state).toBe('running');
    const aborted = (await act('abort', plan.id)).body;
    expect(aborted).toMatchObject({ state: 'aborted', weight: 0 });
    expect(aborted.events.at(-1)).toMatchObject({ cause: 'abort by a test' });
    expect(await split()).toEqual({ '1.0.0': 100 });

    const refusal = await act('resume', plan.id);
    expect(refusal.status).toBe(409);
    expect(refusal.body).toMatchObject({
      error: { message: 'the rollout is over: it was aborted' },
    });
    expect((await act('abort', 'another')).status).toBe(404);

    const again = {
      ...plan,
      id: 'again',
      stableRoutes: routesTo(STABLE, 3),
      canaryRoutes: routesTo('1.1.0', 3),
    };
    await begin(again);
    const unload = await bed.server.control(
      'DELETE',
      `${MODEL}/versions/1.1.0`,
    );
    expect(unload.status).toBe(409);
    await bed.server.control('PUT', `${MODEL}/routes`, routesTo('1.1.0', 4));
    expect(await status()).toMatchObject({
      state: 'aborted',
      events: [
        { what: 'step' },
        { what: 'aborted', cause: 'Routes of generation 4 took its place' },
      ],
    });
    expect(await split()).toEqual({ '1.1.0': 100 });
  });

  it('keeps pins of a version and of an API version through a canary', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    await bed.server.load(push('2.0.0', 'arithmetic'));
    const hold = [
      { weight: 50, holdMs: 3_600_000 },
      { weight: 100, holdMs: 0 },
    ];
    const to = (version: string) => [{ version, weight: 100 }];
    const answers = async (path: string) => {
      const seen = new Set<string | null>();
      for (let i = 0; i < 60; i++) {
        seen.add(
          (await bed.server.infer(path, ADD)).headers.get('x-ml-version'),
        );
      }
      return [...seen].sort();
    };
    // Within an API version, its callers take part.
    await begin(planFor('1.1.0', { steps: hold }));
    expect(await answers('test/versions/1')).toEqual(['1.0.0', '1.1.0']);
    expect(await answers('test/versions/1.0.0')).toEqual(['1.0.0']);
    await act('abort', 'to 1.1.0');
    // A new API version leaves the callers of the old one alone.
    await begin(
      planFor('2.0.0', {
        steps: hold,
        stableRoutes: routesTo(STABLE, 3),
        canaryRoutes: {
          generation: 3,
          split: to('2.0.0'),
          majors: { 1: to(STABLE), 2: to('2.0.0') },
        },
      }),
    );
    expect(await answers('test')).toEqual(['1.0.0', '2.0.0']);
    expect(await answers('test/versions/1')).toEqual(['1.0.0']);
    expect(await answers('test/versions/2')).toEqual(['2.0.0']);
  });

  it('accepts a plan once, and refuses what cannot be carried out', async () => {
    await bed.server.load(push('1.1.0', 'arithmetic'));
    const steps = [
      { weight: 50, holdMs: 3_600_000 },
      { weight: 100, holdMs: 0 },
    ];
    const plan = planFor('1.1.0', { steps });
    const refused = async (changes: Partial<RolloutPlan>) => {
      const { status: code, body } = await begin({ ...plan, ...changes });
      return `${code} ${(body as any).error?.message}`;
    };
    expect(await refused({ steps: [{ weight: 50, holdMs: 0 }] })).toMatch(
      /^400 .*the last step must have weight 100/,
    );
    expect(
      await refused({ steps: [steps[1], { weight: 100, holdMs: 1 }] }),
    ).toMatch(/^400 .*weights must rise/);
    expect(
      await refused({
        stableRoutes: routesTo(STABLE, 1),
        canaryRoutes: routesTo('1.1.0', 1),
      }),
    ).toMatch(/^409 generation 1 of the plan is not above the accepted 1/);
    expect(await refused({ canaryRoutes: routesTo('1.2.0', 2) })).toMatch(
      /^409 version 1\.2\.0 is not ready: it was never accepted/,
    );
    expect((await begin(plan)).status).toBe(200);
    expect((await begin(plan)).body.events).toHaveLength(1);
    expect(await refused({ clientCap: 5 })).toMatch(
      /^409 .*a plan never changes/,
    );
    expect(await refused({ id: 'other' })).toMatch(
      /^409 rollout to 1\.1\.0 of test is running; abort it or wait/,
    );
  });
});
