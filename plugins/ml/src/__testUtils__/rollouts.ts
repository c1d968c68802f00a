import {
  DEFAULT_JUDGE_SETTINGS,
  judge,
  observe,
  type RolloutStatus,
  startStep,
} from '@ml-platform/plugin-ml-common';

const AT = Date.parse('2026-11-23T11:00:00Z');
const at = (seconds: number) => new Date(AT + seconds * 1000).toISOString();

/** A canary under way that has begun to fail, after three intervals of ten seconds. */
export function aRollout(partial: Partial<RolloutStatus> = {}): RolloutStatus {
  const canary = { requests: 10, bad: 5, slow: 0 };
  const stable = { requests: 30, bad: 0, slow: 0 };
  const tick = { at: AT, canary, stable };
  return {
    id: 'release-2',
    canary: '1.1.0',
    stable: '1.0.0',
    state: 'running',
    steps: [
      { weight: 20, holdMs: 60_000 },
      { weight: 100, holdMs: 60_000 },
    ],
    step: 0,
    weight: 20,
    heldMs: 30_000,
    flagged: false,
    slowMs: 50,
    verdict: judge(
      observe(startStep(), tick, DEFAULT_JUDGE_SETTINGS),
      DEFAULT_JUDGE_SETTINGS,
    ),
    series: [
      {
        ...{ at: at(10), step: 0, weight: 20 },
        canary: { requests: 2, bad: 0, slow: 0, p50: 4, p99: 9 },
        stable: { requests: 18, bad: 0, slow: 0, p50: 4, p99: 8 },
        e: { errors: 1, latency: 1 },
      },
      {
        ...{ at: at(20), step: 0, weight: 20 },
        canary: { ...canary, p50: 5, p99: 40 },
        stable: { ...stable, p50: 4, p99: 8 },
        e: { errors: 100, latency: 0.5 },
      },
      {
        ...{ at: at(30), step: 0, weight: 20 },
        canary: { requests: 0, bad: 0, slow: 0 },
        stable: { requests: 0, bad: 0, slow: 0 },
        e: { errors: 100, latency: 0.5 },
      },
    ],
    events: [
      {
        at: at(0),
        what: 'step',
        step: 0,
        cause: 'Step 1 of 2, 20 % on 1.1.0',
      },
      {
        at: at(25),
        what: 'paused',
        step: 0,
        cause: 'Paused by user:default/guest: lunch',
        actor: 'user:default/guest',
      },
    ],
    ...partial,
  };
}
