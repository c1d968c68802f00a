import { addCounts, noCounts } from './counts';
import {
  eValue,
  logRatiosAgainstRate,
  logRatiosOfTick,
  ODDS_RATIOS,
  trialsOf,
} from './eProcess';
import { difference, upperBound, wilson } from './intervals';
import { explain, explainFloor, explainTest } from './sentences';
import {
  type ArmCounts,
  type JudgeSettings,
  type JudgeState,
  type Stream,
  type StreamEvidence,
  STREAMS,
  type Tick,
  type Verdict,
} from './types';

/**
 * Settings that fit most services: one false alarm in a hundred releases.
 * @public
 */
export const DEFAULT_JUDGE_SETTINGS: JudgeSettings = {
  alpha: 0.01,
  steps: 3,
  tolerance: 0.05,
  objective: { errors: 0.01, latency: 0.05 },
  floor: {
    windowMs: 3 * 60_000,
    minRequests: 5,
    canaryBadRate: 0.5,
    stableBadRate: 0.1,
  },
};

/**
 * A judge that has seen nothing. The evidence starts anew at each step, so that
 * a regression that shows late is not masked by a good start.
 * @public
 */
export function startStep(): JudgeState {
  return {
    logRatios: {
      errors: ODDS_RATIOS.map(() => 0),
      latency: ODDS_RATIOS.map(() => 0),
    },
    canary: noCounts(),
    recent: [],
  };
}

/**
 * The state after one more tick.
 * @throws RangeError where counts are no counts
 * @public
 */
export function observe(
  state: JudgeState,
  tick: Tick,
  settings: JudgeSettings,
): JudgeState {
  const { canary, stable } = tick;
  const logRatios = {} as JudgeState['logRatios'];
  for (const stream of STREAMS) {
    const trials = trialsOf[stream];
    const added = stable
      ? logRatiosOfTick(trials(canary), trials(stable))
      : logRatiosAgainstRate(trials(canary), settings.objective[stream]);
    logRatios[stream] = state.logRatios[stream].map((log, i) => log + added[i]);
  }
  const since = tick.at - settings.floor.windowMs;
  return {
    logRatios,
    canary: addCounts(state.canary, canary),
    ...((state.stable || stable) && {
      stable: addCounts(state.stable ?? noCounts(), stable ?? noCounts()),
    }),
    // What seems to come from the future was noted before the clock was set back.
    recent: [
      ...state.recent.filter(({ at }) => at > since && at <= tick.at),
      tick,
    ],
  };
}

/**
 * What the evidence of a step says so far. It may be asked after every tick:
 * the bound on false alarms holds however often one looks.
 *
 * Netflix, "Rapid Regression Detection" (arXiv 2205.14762), has the idea of
 * anytime-valid tests for canaries; the test here conditions on the tick's
 * totals, so that drifting base rates and shared incidents cancel out.
 * @public
 */
export function judge(state: JudgeState, settings: JudgeSettings): Verdict {
  const evidence = {
    errors: evidenceOf('errors', state, settings),
    latency: evidenceOf('latency', state, settings),
  };
  const { canary, stable } = state;
  const shared = { canary, ...(stable && { stable }), evidence };

  const floor = recentTotals(state);
  if (tripsFloor(floor, settings)) {
    return {
      ...shared,
      decision: 'rollback',
      rule: 'floor',
      stream: 'errors',
      missingRequests: 0,
      reason: explainFloor(floor),
    };
  }
  const worse = STREAMS.find(
    stream => evidence[stream].e >= evidence[stream].threshold,
  );
  if (worse) {
    return {
      ...shared,
      decision: 'rollback',
      rule: stable ? 'sequential_test' : 'objective',
      stream: worse,
      missingRequests: 0,
      reason: explainTest(worse, evidence[worse], state, settings),
    };
  }
  const missingRequests = missing(state, settings);
  const passed = missingRequests === 0;
  return {
    ...shared,
    decision: passed ? 'pass' : 'insufficient_evidence',
    rule: 'promotion_gate',
    missingRequests,
    reason: explain(passed, state, missingRequests, settings),
  };
}

function evidenceOf(
  stream: Stream,
  state: JudgeState,
  { alpha, steps }: JudgeSettings,
): StreamEvidence {
  const canary = trialsOf[stream](state.canary);
  const stable = state.stable && trialsOf[stream](state.stable);
  const result: StreamEvidence = {
    e: eValue(state.logRatios[stream]),
    threshold: (STREAMS.length * steps) / alpha,
  };
  if (canary.n) result.canaryRate = canary.x / canary.n;
  if (stable?.n) result.stableRate = stable.x / stable.n;
  if (canary.n && stable?.n) result.interval = difference(canary, stable);
  else if (canary.n && !stable) result.interval = wilson(canary);
  return result;
}

interface Recent {
  canary: ArmCounts;
  stable?: ArmCounts;
  forMs: number;
}

function recentTotals({ recent }: JudgeState): Recent {
  const totals: Recent = { canary: noCounts(), forMs: 0 };
  for (const { canary, stable } of recent) {
    totals.canary = addCounts(totals.canary, canary);
    if (stable) totals.stable = addCounts(totals.stable ?? noCounts(), stable);
  }
  if (recent.length) totals.forMs = recent[recent.length - 1].at - recent[0].at;
  return totals;
}

/** The hard floor: nobody waits for statistics when half of the answers are errors. */
function tripsFloor(
  { canary, stable }: Recent,
  { floor }: JudgeSettings,
): boolean {
  if (canary.requests < floor.minRequests) return false;
  if (canary.bad < floor.canaryBadRate * canary.requests) return false;
  return !stable?.bad || stable.bad < floor.stableBadRate * stable.requests;
}

/**
 * How many more clean canary requests are needed at the least. The gate asks
 * for `3 / tolerance` of them, and that together with the bad ones they exclude,
 * with 95 % confidence, a bad rate more than `tolerance` above the stable arm's
 * (without one: above zero).
 */
function missing(
  { canary, stable }: JudgeState,
  { tolerance }: JudgeSettings,
): number {
  const clean = canary.requests - canary.bad;
  const wanted = Math.ceil(3 / tolerance - 1e-9);
  if (clean < wanted) return wanted - clean;
  const base = stable?.requests ? stable.bad / stable.requests : 0;
  const excludes = (n: number) =>
    upperBound({ n, x: canary.bad }) - base <= tolerance;
  if (excludes(canary.requests)) return 0;
  let [low, high] = [0, canary.requests];
  while (!excludes(canary.requests + high)) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (excludes(canary.requests + middle)) high = middle;
    else low = middle;
  }
  return high;
}
