import type {
  RolloutArmPoint,
  RolloutPoint,
  RolloutStatus,
  Stream,
} from '@ml-platform/plugin-ml-common';

/** One line of a chart: a value by time, with gaps where there is none. */
export interface Line {
  name: string;
  tone: 'canary' | 'stable' | 'limit';
  points: Array<{ at: number; value: number | undefined }>;
}

/** The share of failed requests of both versions, in percent. */
export function errorLines(rollout: RolloutStatus): Line[] {
  return armLines(rollout, ({ bad, requests }) =>
    requests ? (bad / requests) * 100 : undefined,
  );
}

/** The 99th percentile of both versions, in milliseconds. */
export function latencyLines(rollout: RolloutStatus): Line[] {
  return armLines(rollout, ({ p99 }) => p99);
}

/** Requests a second of both versions. */
export function trafficLines(rollout: RolloutStatus): Line[] {
  const { series = [] } = rollout;
  const seconds = new Map(
    series.map((point, i) => [
      point,
      i ? (timeOf(point) - timeOf(series[i - 1])) / 1000 : undefined,
    ]),
  );
  return armLines(rollout, ({ requests }, point) => {
    const lasted = seconds.get(point);
    return lasted ? requests / lasted : undefined;
  });
}

/** The share that the canary was to get and the one that it got, in percent. */
export function weightLines({ canary, series = [] }: RolloutStatus): Line[] {
  return [
    {
      name: 'Set',
      tone: 'limit',
      points: series.map(point => ({ at: timeOf(point), value: point.weight })),
    },
    {
      name: `${canary}, in fact`,
      tone: 'canary',
      points: series.map(point => ({
        at: timeOf(point),
        value: shareOf(point),
      })),
    },
  ];
}

/** The evidence of a stream as a power of ten, and where it would be enough. */
export function evidenceLines(
  { series = [] }: RolloutStatus,
  stream: Stream,
  threshold: number,
): Line[] {
  // Evidence below 1 speaks for the version; how much does not matter.
  const points = series.map(({ e, ...point }) => ({
    at: timeOf(point),
    value: e && Math.log10(Math.max(e[stream], 1)),
  }));
  return [
    { name: 'E', tone: 'canary', points },
    {
      name: 'Rolls back',
      tone: 'limit',
      points: points.map(({ at }) => ({ at, value: Math.log10(threshold) })),
    },
  ];
}

/** The share that the canary really got in the newest interval with requests. */
export function actualShare({ series = [] }: RolloutStatus) {
  const newest = series.findLast(point => shareOf(point) !== undefined);
  return newest && shareOf(newest);
}

function armLines(
  { canary, series = [], stable }: RolloutStatus,
  valueOf: (arm: RolloutArmPoint, point: RolloutPoint) => number | undefined,
): Line[] {
  const line = (arm: 'canary' | 'stable', name: string): Line => ({
    name,
    tone: arm,
    points: series.map(point => ({
      at: timeOf(point),
      value: point[arm] && valueOf(point[arm], point),
    })),
  });
  return [line('canary', canary), line('stable', stable)];
}

function shareOf({ canary, stable }: RolloutPoint): number | undefined {
  const all = canary.requests + (stable?.requests ?? 0);
  return all ? (canary.requests / all) * 100 : undefined;
}

function timeOf({ at }: Pick<RolloutPoint, 'at'>): number {
  return Date.parse(at);
}
