import type {
  ArmCounts,
  JudgeSettings,
  JudgeState,
  Stream,
  StreamEvidence,
} from './types';

const WHAT: Record<Stream, string> = {
  errors: 'failed',
  latency: 'were slow',
};

export function explainFloor(recent: {
  canary: ArmCounts;
  stable?: ArmCounts;
  forMs: number;
}): string {
  const { canary, stable } = recent;
  const others = stable
    ? `, against ${share(stable.bad, stable.requests)} on the stable version`
    : '';
  return `${canary.bad} of the last ${canary.requests} requests to the canary failed${others}: too many to wait for more.`;
}

export function explainTest(
  stream: Stream,
  { e, threshold, canaryRate = 0, stableRate }: StreamEvidence,
  { canary }: JudgeState,
  { objective }: JudgeSettings,
): string {
  const rate = `${percent(canaryRate)} of ${count(
    canary.requests,
    'canary request',
  )} ${WHAT[stream]}`;
  const other =
    stableRate === undefined
      ? `where at most ${percent(objective[stream])} may`
      : `against ${percent(stableRate)} on the stable version`;
  return `${rate}, ${other}: chance alone would show this less than once in ${amount(
    Math.min(e, 1e9),
  )} releases (the limit is ${amount(threshold)}).`;
}

export function explain(
  passed: boolean,
  { canary, stable }: JudgeState,
  missing: number,
  { tolerance }: JudgeSettings,
): string {
  const excess = stable ? ' above the stable version' : '';
  const seen = `${count(canary.requests, 'canary request')}, ${
    canary.bad
  } of them failed`;
  if (passed) {
    return `${seen}: a failure rate more than ${percent(
      tolerance,
    )}${excess} is excluded with 95 % confidence.`;
  }
  return `${seen}: at least ${count(
    missing,
    'more clean one',
  )} needed to exclude a failure rate more than ${percent(
    tolerance,
  )}${excess}.`;
}

function share(part: number, whole: number): string {
  return whole ? percent(part / whole) : 'no requests';
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(3))} %`;
}

function count(n: number, noun: string): string {
  return `${amount(n)} ${noun}${n === 1 ? '' : 's'}`;
}

function amount(n: number): string {
  return Math.floor(n).toLocaleString('en-US');
}
