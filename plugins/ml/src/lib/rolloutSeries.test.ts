import { aRollout } from '../__testUtils__/rollouts';
import {
  actualShare,
  errorLines,
  evidenceLines,
  latencyLines,
  trafficLines,
  weightLines,
} from './rolloutSeries';

const values = (line: { points: Array<{ value: number | undefined }> }) =>
  line.points.map(({ value }) => value);

describe('the course of a rollout', () => {
  const rollout = aRollout();

  it('gives both versions a line, with a gap where nothing was asked', () => {
    const [canary, stable] = errorLines(rollout);
    expect(canary.name).toBe('1.1.0');
    expect(values(canary)).toEqual([0, 50, undefined]);
    expect(values(stable)).toEqual([0, 0, undefined]);
    expect(values(latencyLines(rollout)[0])).toEqual([9, 40, undefined]);
    expect(values(trafficLines(rollout)[0])).toEqual([undefined, 1, 0]);
  });

  it('sets the share that was wanted beside the one that there was', () => {
    const [wanted, actual] = weightLines(rollout);
    expect(values(wanted)).toEqual([20, 20, 20]);
    expect(values(actual)).toEqual([10, 25, undefined]);
    expect(actualShare(rollout)).toBe(25);
  });

  it('measures evidence in powers of ten against its threshold', () => {
    const [evidence, limit] = evidenceLines(rollout, 'errors', 1000);
    expect(values(evidence)).toEqual([0, 2, 2]);
    expect(values(limit)).toEqual([3, 3, 3]);
  });

  it('has nothing to show of a rollout that has not begun to count', () => {
    expect(values(errorLines(aRollout({ series: undefined }))[0])).toEqual([]);
    expect(actualShare(aRollout({ series: [] }))).toBeUndefined();
  });
});
