import { decideStep } from './decideStep';
import { upperBound, difference } from './intervals';
import {
  DEFAULT_JUDGE_SETTINGS as settings,
  judge,
  observe,
  startStep,
} from './judge';
import { TickCounter } from './TickCounter';
import type { ArmCounts, JudgeState, Tick } from './types';

type Counts = [requests: number, bad: number, slow?: number];

const TICK_MS = 20_000;

const arm = ([requests, bad, slow = 0]: Counts): ArmCounts => ({
  requests,
  bad,
  slow,
});

function tick(index: number, canary: Counts, stable?: Counts): Tick {
  return {
    at: index * TICK_MS,
    canary: arm(canary),
    ...(stable && { stable: arm(stable) }),
  };
}

function after(...ticks: Array<[canary: Counts, stable?: Counts]>): JudgeState {
  return ticks.reduce(
    (state, [canary, stable], i) =>
      observe(state, tick(i + 1, canary, stable), settings),
    startStep(),
  );
}

const errorsE = (state: JudgeState) => judge(state, settings).evidence.errors.e;

describe('the e-process', () => {
  it.each<[string, Counts, Counts, number[]]>([
    ['a few errors', [15, 1], [285, 0], [5.9868, 56.195, 650.522]],
    ['many errors at once', [15, 5], [285, 1], [55638.4965]],
    ['no errors', [15, 0], [285, 0], [1]],
    ['errors on both arms', [75, 4], [225, 1], [15.9748, 344.9167, 8383.4749]],
  ])('has the published values for %s', (_, canary, stable, expected) => {
    const seen = expected.map((_value, i) =>
      errorsE(after(...Array(i + 1).fill([canary, stable]))),
    );
    expected.forEach((value, i) => {
      const decimals = `${value}`.split('.')[1]?.length ?? 0;
      expect(seen[i].toFixed(decimals)).toBe(`${value}`);
    });
  });

  it('agrees with the two distributions, written out', () => {
    const choose = (n: number, k: number): number =>
      k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
    const pmf = (
      ratio: number,
      x: number,
      n: number,
      m: number,
      bad: number,
    ) => {
      const weight = (y: number) =>
        choose(n, y) * choose(m, bad - y) * ratio ** y;
      let sum = 0;
      for (let y = Math.max(0, bad - m); y <= Math.min(n, bad); y++) {
        sum += weight(y);
      }
      return weight(x) / sum;
    };
    const [n, x, m, y] = [12, 4, 30, 5];
    const ratios = [1.5, 2, 3, 5, 10, 20, 50];
    const expected =
      ratios
        .map(ratio => pmf(ratio, x, n, m, x + y) / pmf(1, x, n, m, x + y))
        .reduce((sum, value) => sum + value, 0) / ratios.length;
    expect(
      errorsE(
        after([
          [n, x],
          [m, y],
        ]),
      ),
    ).toBeCloseTo(expected, 9);
  });

  it('judges latency by the same test, on a stream of its own', () => {
    const { evidence } = judge(
      after([
        [15, 0, 5],
        [285, 0, 1],
      ]),
      settings,
    );
    expect(evidence.latency.e).toBeCloseTo(55638.4965, 3);
    expect(evidence.errors.e).toBe(1);
  });

  it('stays finite and JSON, however bad it gets', () => {
    const state = after(
      ...Array<[Counts, Counts]>(40).fill([
        [5_000, 5_000],
        [95_000, 1],
      ]),
    );
    const again = JSON.parse(JSON.stringify(state)) as JudgeState;
    expect(judge(again, settings)).toEqual(judge(state, settings));
    expect(Number.isFinite(errorsE(again))).toBe(true);
  });

  it('refuses what are no counts', () => {
    expect(() =>
      after([
        [3, 4],
        [1, 0],
      ]),
    ).toThrow(/not 4 of 3/);
    expect(() =>
      after([
        [1.5, 0],
        [1, 0],
      ]),
    ).toThrow(/whole numbers/);
  });
});

/** Mulberry32: the same numbers on every machine. */
function random(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Simulates steps of 30 ticks, looked at after each; the share rolled back. */
function shareRolledBack(options: {
  canaryRate: (tickIndex: number) => number;
  stableRate: (tickIndex: number) => number;
  runs: number;
}) {
  const next = random(7);
  const draw = (n: number, rate: number): Counts => {
    let bad = 0;
    for (let i = 0; i < n; i++) if (next() < rate) bad += 1;
    return [n, bad];
  };
  let rolledBack = 0;
  for (let run = 0; run < options.runs; run++) {
    let state = startStep();
    for (let i = 1; i <= 30; i++) {
      const canary = draw(10, options.canaryRate(i));
      const stable = draw(190, options.stableRate(i));
      state = observe(state, tick(i, canary, stable), settings);
      if (judge(state, settings).decision === 'rollback') {
        rolledBack += 1;
        break;
      }
    }
  }
  return rolledBack / options.runs;
}

describe('how often it is wrong', () => {
  it('keeps its bound on false alarms at any base rate, looked at every tick', () => {
    for (const rate of [0.01, 0.1, 0.3]) {
      expect(
        shareRolledBack({
          canaryRate: () => rate,
          stableRate: () => rate,
          runs: 150,
        }),
      ).toBeLessThanOrEqual(settings.alpha);
    }
  });

  it('does not blame the canary for an outage that both arms share', () => {
    const outage = (i: number) => (i > 10 && i < 20 ? 0.7 : 0.01);
    expect(
      shareRolledBack({ canaryRate: outage, stableRate: outage, runs: 150 }),
    ).toBeLessThanOrEqual(settings.alpha);
  });

  it('finds a regression that is really there', () => {
    expect(
      shareRolledBack({
        canaryRate: () => 0.15,
        stableRate: () => 0.01,
        runs: 100,
      }),
    ).toBeGreaterThan(0.99);
  });
});

describe('the verdict', () => {
  it('rolls back by the test, and says why in one sentence', () => {
    const verdict = judge(
      after([
        [60, 9],
        [1140, 11],
      ]),
      settings,
    );
    expect(verdict).toMatchObject({
      decision: 'rollback',
      rule: 'sequential_test',
      stream: 'errors',
      canary: { requests: 60, bad: 9 },
      evidence: { errors: { threshold: 600, canaryRate: 0.15 } },
    });
    expect(verdict.reason).toMatch(
      /^15 % of 60 canary requests failed, against 0\.965 % on the stable version: chance alone would show this less than once in [\d,]+ releases \(the limit is 600\)\.$/,
    );
    expect(verdict.evidence.errors.interval!.low).toBeGreaterThan(0.05);
  });

  it('rolls back at once when half of the answers are errors', () => {
    const few = after([
      [4, 4],
      [40, 0],
    ]);
    expect(judge(few, settings).rule).not.toBe('floor');
    const verdict = judge(
      after([
        [6, 3],
        [1, 0],
      ]),
      settings,
    );
    expect(verdict).toMatchObject({ decision: 'rollback', rule: 'floor' });
    expect(verdict.reason).toBe(
      '3 of the last 6 requests to the canary failed, against 0 % on the stable version: too many to wait for more.',
    );
  });

  it('does not trip the floor while the stable version fails as well', () => {
    expect(
      judge(
        after([
          [10, 6],
          [90, 50],
        ]),
        settings,
      ).decision,
    ).toBe('insufficient_evidence');
  });

  it('forgets what was noted before the clock was set back', () => {
    const before = observe(startStep(), tick(1_000, [50, 25]), settings);
    const next = tick(1, [5, 0]);
    expect(observe(before, next, settings).recent).toEqual([next]);
  });

  it('forgets what is older than the window of the floor', () => {
    const quiet = Math.ceil(settings.floor.windowMs / TICK_MS) + 1;
    const state = after(
      [
        [5, 2],
        [50, 0],
      ],
      ...Array<[Counts, Counts]>(quiet).fill([
        [0, 0],
        [50, 0],
      ]),
      [
        [1, 1],
        [50, 0],
      ],
    );
    expect(state.recent.length).toBeLessThanOrEqual(quiet);
    expect(judge(state, settings).rule).not.toBe('floor');
  });

  it('judges by the objective where there is no control arm', () => {
    const verdict = judge(after(...Array(5).fill([[60, 6]])), settings);
    expect(verdict).toMatchObject({ decision: 'rollback', rule: 'objective' });
    expect(verdict.reason).toContain('where at most 1 % may');
    expect(verdict.stable).toBeUndefined();
    const good = judge(after(...Array(5).fill([[60, 0]])), settings);
    expect(good.decision).toBe('pass');
  });

  it.each([
    [0.05, 60],
    [0.01, 300],
  ])(
    'passes a step with a tolerance of %d after %d clean requests',
    (tolerance, wanted) => {
      const with_ = { ...settings, tolerance };
      const short = judge(
        after([
          [wanted - 1, 0],
          [900, 0],
        ]),
        with_,
      );
      expect(short).toMatchObject({
        decision: 'insufficient_evidence',
        missingRequests: 1,
      });
      expect(short.reason).toContain('at least 1 more clean one needed');
      const enough = judge(
        after([
          [wanted, 0],
          [900, 0],
        ]),
        with_,
      );
      expect(enough).toMatchObject({ decision: 'pass', missingRequests: 0 });
    },
  );

  it('wants more requests when some of them failed, and says how many', () => {
    const first = judge(
      after([
        [80, 2],
        [1520, 30],
      ]),
      settings,
    );
    expect(first.decision).toBe('insufficient_evidence');
    const [requests, missing] = [80, first.missingRequests];
    const later = after([
      [requests + missing, 2],
      [1520, 30],
    ]);
    expect(judge(later, settings).decision).toBe('pass');
    const less = after([
      [requests + missing - 1, 2],
      [1520, 30],
    ]);
    expect(judge(less, settings).decision).toBe('insufficient_evidence');
  });

  it('has evidence of nothing before the first request', () => {
    const verdict = judge(startStep(), settings);
    expect(verdict).toMatchObject({
      decision: 'insufficient_evidence',
      missingRequests: 60,
    });
    expect(verdict.reason).toContain('0 canary requests');
  });
});

describe('what follows from a verdict', () => {
  const over = { elapsedMs: 600_000, holdMs: 600_000, replayed: false };
  const bad = judge(
    after([
      [10, 9],
      [90, 0],
    ]),
    settings,
  );
  const good = judge(
    after([
      [100, 0],
      [900, 0],
    ]),
    settings,
  );
  const thin = judge(
    after([
      [10, 0],
      [90, 0],
    ]),
    settings,
  );

  it('rolls back at once and advances only when the time is over', () => {
    const early = { ...over, elapsedMs: 1 };
    expect(decideStep(bad, early, 'extend')).toBe('rollback');
    expect(decideStep(good, early, 'extend')).toBe('wait');
    expect(decideStep(good, over, 'extend')).toBe('advance');
  });

  it('never passes silently without evidence', () => {
    expect(decideStep(thin, over, 'extend')).toBe('wait');
    expect(decideStep(thin, over, 'proceed_flagged')).toBe('advance_flagged');
    expect(decideStep(thin, over, 'synthetic')).toBe('replay');
    const replayed = { ...over, replayed: true };
    expect(decideStep(thin, replayed, 'synthetic')).toBe('wait');
  });
});

describe('the counter', () => {
  const request = {
    arm: 'canary',
    client: 'a',
    bad: false,
    slow: false,
  } as const;

  it('counts requests by arm, and starts anew with each tick', () => {
    const counter = new TickCounter(100);
    counter.count({ ...request, bad: true });
    counter.count({ ...request, arm: 'stable', slow: true });
    expect(counter.take(5, true)).toEqual({
      at: 5,
      canary: { requests: 1, bad: 1, slow: 0 },
      stable: { requests: 1, bad: 0, slow: 1 },
    });
    expect(counter.take(6, false)).toEqual({
      at: 6,
      canary: { requests: 0, bad: 0, slow: 0 },
    });
  });

  it('caps a noisy client over both arms together, so that neither is favoured', () => {
    const counter = new TickCounter(40);
    for (let i = 0; i < 10_000; i++) {
      const which = i % 20 === 0 ? 'canary' : 'stable';
      counter.count({ ...request, arm: which, client: 'noisy', bad: true });
    }
    counter.count({ ...request, client: 'other' });
    expect(counter.take(1, true)).toMatchObject({
      canary: { requests: 3, bad: 2 },
      stable: { requests: 38, bad: 38 },
    });
  });
});

describe('intervals', () => {
  it('have the published values', () => {
    // Newcombe 1998, table II: 56/70 - 48/80 by method 10.
    const { low, high } = difference({ n: 70, x: 56 }, { n: 80, x: 48 });
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
    // Exact: 1 - 0.05^(1/n) without a failure; R's binom.test for 2 of 100.
    expect(upperBound({ n: 59, x: 0 })).toBeCloseTo(1 - 0.05 ** (1 / 59), 10);
    expect(upperBound({ n: 100, x: 2 })).toBeCloseTo(0.0616, 4);
    expect(upperBound({ n: 3, x: 3 })).toBe(1);
  });
});
