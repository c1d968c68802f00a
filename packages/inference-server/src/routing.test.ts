import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  SLOW,
  slowRequest,
  TestBed,
  untilBusy,
  waitFor,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');
/** Enough to keep a worker busy for some seconds. */
const ROUNDS = 3_000_000;

describe('routing', () => {
  let bed: TestBed;

  const push = (version: string) =>
    bed.registry.push({
      version,
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });

  beforeAll(async () => {
    bed = await TestBed.start();
    for (const version of ['1.0.0', '1.1.0', '2.0.0', '2.1.0-rc.1']) {
      await bed.server.load(push(version));
    }
  });

  afterAll(async () => bed.stop());

  let generation = 0;
  const route = async (split: Record<string, number>) => {
    generation += 1;
    const answer = await bed.server.route(
      generation,
      Object.entries(split).map(([version, weight]) => ({ version, weight })),
    );
    expect(answer.status).toBe(200);
  };
  const answeredBy = async (path: string) => {
    const answer = await bed.server.infer(path, ADD);
    expect(answer.status).toBe(200);
    expect(answer.body.model_version).toBe(answer.headers.get('x-ml-version'));
    return answer.body.model_version as string;
  };

  it('serves pins of a version and of an API version beside the live split', async () => {
    generation += 1;
    const to = (version: string) => [{ version, weight: 1 }];
    await bed.server.control('PUT', `${MODEL}/routes`, {
      generation,
      split: to('2.0.0'),
      majors: { 1: to('1.1.0'), 2: to('2.0.0') },
    });
    expect(await answeredBy('test')).toBe('2.0.0');
    expect(await answeredBy('test/versions/1')).toBe('1.1.0');
    expect(await answeredBy('test/versions/2')).toBe('2.0.0');
    for (const version of ['1.0.0', '1.1.0', '2.1.0-rc.1']) {
      expect(await answeredBy(`test/versions/${version}`)).toBe(version);
    }
  });

  it('tells callers of a deprecated version, and only those', async () => {
    generation += 1;
    const to = (version: string) => [{ version, weight: 1 }];
    const answer = await bed.server.control('PUT', `${MODEL}/routes`, {
      generation,
      split: to('2.0.0'),
      majors: { 1: to('1.1.0'), 2: to('2.0.0') },
      deprecations: {
        '1.1.0': {
          at: '2026-11-01T00:00:00.000Z',
          sunset: '2027-03-01T12:00:00.000Z',
        },
      },
    });
    expect(answer.status).toBe(200);
    const deprecated = await bed.server.infer('test/versions/1', ADD);
    expect(deprecated.headers.get('deprecation')).toBe('@1793491200');
    expect(deprecated.headers.get('sunset')).toBe(
      'Mon, 01 Mar 2027 12:00:00 GMT',
    );
    const current = await bed.server.infer('test', ADD);
    expect(current.headers.has('deprecation')).toBe(false);
  });

  it('splits requests as the weights say', async () => {
    await route({ '1.0.0': 75, '1.1.0': 20, '2.0.0': 5, '2.1.0-rc.1': 0 });
    const total = 4000;
    const counts: Record<string, number> = {};
    for (let sent = 0; sent < total; sent += 50) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => answeredBy('test')),
      );
      for (const version of answers) {
        counts[version] = (counts[version] ?? 0) + 1;
      }
    }
    // Five standard deviations: a right split fails one run in a million.
    for (const [version, share] of [
      ['1.0.0', 0.75],
      ['1.1.0', 0.2],
      ['2.0.0', 0.05],
    ] as const) {
      const tolerance = 5 * Math.sqrt(total * share * (1 - share));
      expect(Math.abs(counts[version] - total * share)).toBeLessThan(tolerance);
    }
    expect(counts['2.1.0-rc.1']).toBeUndefined();
  });

  it('changes routes and unloads versions under load without a failed request', async () => {
    await route({ '1.0.0': 1 });
    let busy = true;
    const seen: Record<string, number> = {};
    const failures: unknown[] = [];
    const callers = Array.from({ length: 8 }, async () => {
      while (busy) {
        const { status, body } = await bed.server.infer('test', ADD);
        if (status === 200) {
          seen[body.model_version] = (seen[body.model_version] ?? 0) + 1;
        } else failures.push(body);
      }
    });
    const answersOf = (version: string, more: number) => {
      const before = seen[version] ?? 0;
      return waitFor(`answers of ${version}`, () =>
        (seen[version] ?? 0) >= before + more ? true : undefined,
      );
    };
    for (let round = 0; round < 5; round++) {
      await route({ '1.0.0': 1, '1.1.0': 1 });
      await answersOf('1.1.0', 50);
      await route({ '1.1.0': 1 });
      const gone = await bed.server.control(
        'DELETE',
        `${MODEL}/versions/1.0.0`,
      );
      expect(gone.status).toBe(204);
      await answersOf('1.1.0', 50);
      await bed.server.load(push('1.0.0'));
      await route({ '1.0.0': 1 });
      await answersOf('1.0.0', 50);
    }
    busy = false;
    await Promise.all(callers);
    expect(failures).toEqual([]);
    expect(seen['1.0.0'] + seen['1.1.0']).toBeGreaterThan(750);
  });

  it('lets a version that is unloaded finish what it works on', async () => {
    const { server, registry } = bed;
    const slow = registry.push({
      version: '1.0.0',
      artifact: fixture('slow'),
      interface: SLOW,
    });
    const others = server.workerPids();
    await server.load(slow, 'ready', 'slow');
    const [pid] = server.workerPids().filter(found => !others.includes(found));
    const answer = server.infer('slow/versions/1.0.0', slowRequest(ROUNDS));
    await untilBusy(pid);

    const order: string[] = [];
    answer.then(() => order.push('answered'));
    const unloading = server.control(
      'DELETE',
      `${modelPath('production', 'slow')}/versions/1.0.0`,
    );
    unloading.then(() => order.push('unloaded'));
    await waitFor('the version to be gone', async () =>
      (await server.infer('slow/versions/1.0.0', {})).status === 404
        ? true
        : undefined,
    );
    expect(await answer).toMatchObject({
      status: 200,
      body: { outputs: [{ data: [ROUNDS] }] },
    });
    expect((await unloading).status).toBe(204);
    expect(order).toEqual(['answered', 'unloaded']);
  });
});
