import type {
  ExperimentSpec,
  ExperimentStatus,
} from '@ml-platform/plugin-ml-common';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assignArm } from './experiments/assignArm';
import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  planFor,
  routesTo,
  TestBed,
  waitFor,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');
const ARMS = [
  { name: 'control', version: '1.0.0', weight: 70 },
  { name: 'new', version: '1.1.0', weight: 20 },
  { name: 'bold', version: '1.2.0', weight: 10 },
];
const SPEC: ExperimentSpec = {
  id: 'e1',
  name: 'price-test',
  revision: 1,
  arms: ARMS,
  stickyHeader: 'x-user-id',
  forcible: true,
};
const keys = (count: number) =>
  Array.from({ length: count }, (_, i) => `user-${i}`);

describe('the assignment of keys to arms', () => {
  it('follows the weights', () => {
    const counts: Record<string, number> = {};
    for (const key of keys(20_000)) {
      const { name } = assignArm(SPEC, key);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    for (const { name, weight } of ARMS) {
      const share = weight / 100;
      const tolerance = 5 * Math.sqrt(20_000 * share * (1 - share));
      expect(Math.abs(counts[name] - 20_000 * share)).toBeLessThan(tolerance);
    }
  });

  it('moves only the keys that a changed weight needs', () => {
    const more = ARMS.map(arm =>
      arm.name === 'new' ? { ...arm, weight: 60 } : arm,
    );
    let moved = 0;
    for (const key of keys(5_000)) {
      const before = assignArm(SPEC, key).name;
      const after = assignArm({ ...SPEC, arms: more }, key).name;
      if (before === after) continue;
      moved += 1;
      expect(after).toBe('new');
    }
    // From 20 of 100 to 60 of 140: 22.9 % more of the keys.
    expect(moved / 5_000).toBeCloseTo(60 / 140 - 20 / 100, 1);
  });

  it('never takes an arm of weight 0, but for a value that is given to it', () => {
    const arms = [
      { ...ARMS[0], weight: 1 },
      { ...ARMS[1], weight: 0, values: ['tester'] },
    ];
    for (const key of keys(1_000)) {
      expect(assignArm({ ...SPEC, arms }, key).name).toBe('control');
    }
    expect(assignArm({ ...SPEC, arms }, 'tester').name).toBe('new');
  });

  it('depends on the experiment’s name', () => {
    const differs = keys(1_000).filter(
      key =>
        assignArm(SPEC, key).name !==
        assignArm({ ...SPEC, name: 'another' }, key).name,
    );
    expect(differs.length).toBeGreaterThan(200);
  });
});

describe('an experiment', () => {
  let bed: TestBed;

  beforeAll(async () => {
    bed = await TestBed.start();
    for (const version of ['1.0.0', '1.1.0', '1.2.0', '2.0.0']) {
      await bed.server.load(
        bed.registry.push({
          version,
          artifact: fixture(version === '1.2.0' ? 'faulty' : 'arithmetic'),
          interface: ARITHMETIC,
        }),
      );
    }
    await bed.server.control('PUT', `${MODEL}/routes`, {
      ...routesTo('1.0.0', 1),
      majors: {
        1: [{ version: '1.0.0', weight: 1 }],
        2: [{ version: '2.0.0', weight: 1 }],
      },
    });
  });
  afterAll(async () => bed.stop());
  afterEach(async () => {
    await bed.server.control('DELETE', `${MODEL}/experiment/e1`);
  });

  const put = (changes: Partial<ExperimentSpec> = {}) =>
    bed.server.control<ExperimentStatus>('PUT', `${MODEL}/experiment`, {
      ...SPEC,
      ...changes,
    });
  const restart = async (signal: NodeJS.Signals) => {
    await bed.restart(signal);
    for (const { version } of ARMS) await bed.server.until(version, 'ready');
  };
  const status = async () => (await bed.server.status()).models[0].experiment!;
  const ask = async (headers: Record<string, string>, path = 'test') => {
    const answer = await bed.server.infer(path, ADD, headers);
    return {
      code: answer.status,
      arm: answer.headers.get('x-ml-arm'),
      experiment: answer.headers.get('x-ml-experiment'),
      version: answer.headers.get('x-ml-version'),
      body: answer.body,
    };
  };

  it('gives each caller an arm for good, also after a restart', async () => {
    expect((await put()).status).toBe(200);
    const asked = keys(60);
    const arms = new Map<string, string | null>();
    for (const key of asked) {
      const answer = await ask({ 'x-user-id': key });
      const arm = ARMS.find(({ name }) => name === answer.arm)!;
      expect(answer).toMatchObject({
        experiment: 'price-test',
        version: arm.version,
        // The bold one fails on this request.
        code: arm.name === 'bold' ? 500 : 200,
      });
      arms.set(key, answer.arm);
    }
    expect(new Set(arms.values())).toEqual(new Set(['control', 'new', 'bold']));
    const counted = await status();
    const total = Object.values(counted.counts).reduce(
      (sum, { requests }) => sum + requests,
      0,
    );
    expect(total).toBe(60);
    const { bold, control } = counted.counts;
    expect(bold.errors).toBe(bold.requests);
    expect(control.errors).toBe(0);
    expect(control.latencyMs!.p50).toBeGreaterThan(0);
    expect(control.latencyMs!.p99).toBeGreaterThanOrEqual(
      control.latencyMs!.p50,
    );
    await restart('SIGTERM');
    for (const key of asked.slice(0, 20)) {
      expect((await ask({ 'x-user-id': key })).arm).toBe(arms.get(key));
    }
    const { counts } = await status();
    expect(counts.control.requests).toBeGreaterThan(control.requests);
  });

  it('keeps what it counted when the server is killed', async () => {
    await put();
    for (const key of keys(30)) await ask({ 'x-user-id': key });
    const before = await status();
    const file = join(bed.dataDir, 'experiments/production/test.json');
    await waitFor('the counts to be on disk', () => {
      if (!existsSync(file)) return undefined;
      const { arms } = JSON.parse(readFileSync(file, 'utf8')).counts;
      const kept = Object.entries<{ requests: number }>(arms);
      return kept.every(
        ([arm, { requests }]) => requests === before.counts[arm].requests,
      )
        ? true
        : undefined;
    });
    await restart('SIGKILL');
    expect((await status()).counts).toEqual(before.counts);
  });

  it('leaves requests alone that lack the header or pin something else', async () => {
    await put();
    expect(await ask({})).toMatchObject({
      version: '1.0.0',
      arm: null,
      experiment: null,
    });
    expect((await status()).outside).toBe(1);
    const user = { 'x-user-id': 'user-1' };
    expect(await ask(user, 'test/versions/1.1.0')).toMatchObject({
      version: '1.1.0',
      arm: null,
    });
    expect(await ask(user, 'test/versions/2')).toMatchObject({
      version: '2.0.0',
      arm: null,
    });
    expect((await ask(user, 'test/versions/1')).arm).not.toBeNull();
  });

  it('lets callers choose an arm and counts them apart, or does not', async () => {
    await put();
    expect(await ask({ 'x-ml-arm': 'new' })).toMatchObject({
      arm: 'new',
      version: '1.1.0',
    });
    expect((await status()).counts.new).toMatchObject({
      requests: 0,
      forced: 1,
    });
    expect(await ask({ 'x-ml-arm': 'old' })).toMatchObject({
      code: 400,
      body: { error: expect.stringMatching(/no arm 'old'; there are control/) },
    });
    // A pin is a promise; the header is not looked at.
    expect(
      await ask({ 'x-ml-arm': 'new' }, 'test/versions/1.0.0'),
    ).toMatchObject({ version: '1.0.0', arm: null });
    await put({ revision: 2, forcible: false });
    expect((await ask({ 'x-ml-arm': 'new' })).code).toBe(403);
    // Nothing breaks for callers when an experiment is over.
    await bed.server.control('DELETE', `${MODEL}/experiment/e1`);
    expect(await ask({ 'x-ml-arm': 'new' })).toMatchObject({
      code: 200,
      version: '1.0.0',
      arm: null,
    });
  });

  it('assigns each request by itself without a header to stick to', async () => {
    const { stickyHeader: _, ...spec } = SPEC;
    await bed.server.control('PUT', `${MODEL}/experiment`, spec);
    const seen = new Set<string | null>();
    await waitFor('all arms to be seen', async () => {
      seen.add((await ask({})).arm);
      return seen.size === 3 ? true : undefined;
    });
    expect(seen).toEqual(new Set(['control', 'new', 'bold']));
  });

  it('holds what it needs and gives way to nothing but a stop', async () => {
    await put();
    expect((await put()).status).toBe(200);
    const refusal = async (answer: Promise<{ status: number; body: any }>) => {
      const { body, status: code } = await answer;
      return `${code} ${body.error?.message}`;
    };
    expect(
      await refusal(bed.server.control('DELETE', `${MODEL}/versions/1.1.0`)),
    ).toMatch(/^409 experiment 'price-test' of test in production needs/);
    expect(
      await refusal(
        bed.server.control(
          'PUT',
          `${MODEL}/rollout`,
          planFor('1.0.0', '1.1.0'),
        ),
      ),
    ).toMatch(/^409 experiment 'price-test' of test runs in production/);
    expect(await refusal(put({ id: 'e2', revision: 2 }))).toMatch(
      /^409 experiment 'price-test' of test runs/,
    );
    expect(await refusal(put({ forcible: false }))).toMatch(
      /^409 revision 1 .* is not above the accepted 1/,
    );
    const other = (version: string) => [
      ARMS[0],
      { name: 'other', version, weight: 1 },
    ];
    expect(await refusal(put({ revision: 2, arms: other('2.0.0') }))).toMatch(
      /^400 .*same API version/,
    );
    expect(await refusal(put({ revision: 2, arms: other('1.9.0') }))).toMatch(
      /^409 version 1\.9\.0 is not ready/,
    );
    const ended = await bed.server.control<ExperimentStatus>(
      'DELETE',
      `${MODEL}/experiment/e1`,
    );
    expect(ended.body).toMatchObject({ id: 'e1', counts: { control: {} } });
    expect(
      await refusal(bed.server.control('DELETE', `${MODEL}/experiment/e1`)),
    ).toMatch(/^404/);
  });
});
