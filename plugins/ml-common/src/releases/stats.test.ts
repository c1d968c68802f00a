import { type FinishedRelease, releaseStats } from './stats';

const at = (minutes: number) =>
  new Date(Date.UTC(2026, 10, 1, 0, minutes)).toISOString();
const release = (
  from: number,
  to: number,
  more: Partial<FinishedRelease> = {},
): FinishedRelease => ({
  model: 'wine',
  kind: 'deploy',
  version: '1.0.0',
  state: 'succeeded',
  createdAt: at(from),
  finishedAt: at(to),
  ...more,
});
const MINUTE = 60_000;

describe('numbers of releases', () => {
  it('count what ended, and measure what succeeded', () => {
    expect(
      releaseStats([
        release(100, 130, { registeredAt: at(70) }),
        release(200, 210, { registeredAt: at(0) }),
        release(300, 305, { state: 'rolled_back' }),
        release(400, 401, { state: 'failed' }),
        release(500, 501, { state: 'aborted' }),
        release(600, 601, { state: 'shadowed' }),
        release(650, 651, { state: 'refused' }),
        release(700, 701, { kind: 'rollback' }),
        release(800, 801, { kind: 'rollback', state: 'failed' }),
      ]),
    ).toEqual({
      deployments: 5,
      succeeded: 2,
      failed: 2,
      aborted: 1,
      rollbacks: 1,
      // Two failed and one of the two others was taken back, of four.
      failureRate: 0.75,
      cycleTime: { count: 2, median: 60 * MINUTE, p90: 210 * MINUTE },
      deployTime: { count: 2, median: 10 * MINUTE, p90: 30 * MINUTE },
      rollbackTime: { count: 1, median: MINUTE, p90: MINUTE },
    });
  });

  it('say nothing where nothing happened', () => {
    const none = releaseStats([]);
    expect(none.failureRate).toBeUndefined();
    expect(none.cycleTime).toEqual({ count: 0 });
  });
});
