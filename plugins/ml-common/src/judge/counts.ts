import type { ArmCounts } from './types';

export function noCounts(): ArmCounts {
  return { requests: 0, bad: 0, slow: 0 };
}

export function addCounts(a: ArmCounts, b: ArmCounts): ArmCounts {
  return {
    requests: a.requests + b.requests,
    bad: a.bad + b.bad,
    slow: a.slow + b.slow,
  };
}
