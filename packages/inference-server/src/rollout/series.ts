import type {
  ArmCounts,
  RolloutArmPoint,
  RolloutPoint,
  Tick,
} from '@ml-platform/plugin-ml-common';
import type { Latency } from './TickLatencies';
import { type KeptRollout, weightOf } from './progress';

/** Enough for a chart; a longer release is told in longer intervals. */
const MAX_POINTS = 240;
const NOTHING: ArmCounts = { requests: 0, bad: 0, slow: 0 };

/** A rollout with what its newest tick counted added to its course. */
export function withPoint(
  kept: KeptRollout,
  /** While the tick was counted. */
  during: KeptRollout,
  tick: Tick,
  latency: { canary?: Latency; stable?: Latency },
): KeptRollout {
  // A step that is over leaves its verdict with what ended it.
  const verdict = kept.verdict ?? kept.events.at(-1)?.verdict;
  const point: RolloutPoint = {
    at: new Date(tick.at).toISOString(),
    step: during.step,
    weight: weightOf(during),
    canary: { ...tick.canary, ...latency.canary },
    ...(tick.stable && { stable: { ...tick.stable, ...latency.stable } }),
    ...(verdict && {
      e: {
        errors: rounded(verdict.evidence.errors.e),
        latency: rounded(verdict.evidence.latency.e),
      },
    }),
  };
  return { ...kept, series: thinned([...(kept.series ?? []), point]) };
}

/** JSON has no infinity, and nobody reads more digits. */
function rounded(value: number): number {
  return Number(Math.min(value, 1e12).toPrecision(4));
}

/** Neighbours of one step become one, when there are too many. */
function thinned(points: RolloutPoint[]): RolloutPoint[] {
  if (points.length <= MAX_POINTS) return points;
  const fewer: RolloutPoint[] = [];
  for (let i = 0; i < points.length; i += 1) {
    const [point, next] = [points[i], points[i + 1]];
    const joins = next && next.step === point.step && i + 2 < points.length;
    fewer.push(joins ? join(point, next) : point);
    if (joins) i += 1;
  }
  return fewer;
}

function join(a: RolloutPoint, b: RolloutPoint): RolloutPoint {
  return {
    ...b,
    canary: joinArms(a.canary, b.canary),
    ...((a.stable || b.stable) && {
      stable: joinArms(a.stable ?? NOTHING, b.stable ?? NOTHING),
    }),
  };
}

function joinArms(a: RolloutArmPoint, b: RolloutArmPoint): RolloutArmPoint {
  const sum = (name: keyof ArmCounts) => a[name] + b[name];
  // The slower of both: what stands out must not be smoothed away.
  const slower = (name: 'p50' | 'p99') => {
    const value = Math.max(a[name] ?? -1, b[name] ?? -1);
    return value < 0 ? undefined : value;
  };
  return {
    requests: sum('requests'),
    bad: sum('bad'),
    slow: sum('slow'),
    p50: slower('p50'),
    p99: slower('p99'),
  };
}
