import type { RolloutStatus } from '@ml-platform/plugin-ml-common';
import {
  errorLines,
  evidenceLines,
  latencyLines,
  trafficLines,
  weightLines,
} from '../../lib/rolloutSeries';
import { texts } from '../../texts';
import { LineChart } from '../charts';
import classes from './ReleasePage.module.css';

/** A canary's course: its share, both versions side by side, and the evidence. */
export function RolloutCharts(props: { rollout: RolloutStatus }) {
  const { rollout } = props;
  const say = texts.releasePage.charts;
  const threshold = findThreshold(rollout);
  return (
    <div className={classes.charts}>
      <LineChart
        title={say.weight}
        lines={weightLines(rollout)}
        format={percent}
        atLeast={100}
      />
      <LineChart
        title={say.errors}
        lines={errorLines(rollout)}
        format={percent}
        atLeast={1}
      />
      <LineChart
        title={say.latency}
        lines={latencyLines(rollout)}
        format={milliseconds}
        atLeast={1}
      />
      <LineChart
        title={say.traffic}
        lines={trafficLines(rollout)}
        format={perSecond}
        atLeast={1}
      />
      {threshold !== undefined &&
        (['errors', 'latency'] as const).map(stream => (
          <LineChart
            key={stream}
            title={say.evidence[stream]}
            lines={evidenceLines(rollout, stream, threshold)}
            format={powerOfTen}
            atLeast={Math.log10(threshold)}
          />
        ))}
    </div>
  );
}

/** What E is measured against; any verdict has it. */
function findThreshold({ events, verdict }: RolloutStatus): number | undefined {
  const newest = verdict ?? events.findLast(event => event.verdict)?.verdict;
  return newest?.evidence.errors.threshold;
}

function percent(value: number): string {
  return `${Number(value.toPrecision(3))} %`;
}

function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}

function perSecond(value: number): string {
  return `${Number(value.toPrecision(3))}/s`;
}

function powerOfTen(value: number): string {
  const e = 10 ** value;
  return e < 10_000
    ? Number(e.toPrecision(3)).toLocaleString('en-US')
    : e.toExponential(1);
}
