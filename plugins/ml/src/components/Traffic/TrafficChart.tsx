import type { TrafficReport } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import classes from './Traffic.module.css';

const HEIGHT = 40;
/** Of a bar's room, so that bars do not touch. */
const WIDTH = 0.8;

/** Requests of each interval of the day, one bar each, with what failed at its foot. */
export function TrafficChart({ report }: { report: TrafficReport }) {
  const { from, intervals, intervalSeconds, to, total } = report;
  const indexOf = (time: string) =>
    Math.floor(
      (Date.parse(time) - Date.parse(from)) / (intervalSeconds * 1000),
    );
  const most = Math.max(...intervals.map(({ requests }) => requests));
  return (
    <svg
      className={classes.chart}
      viewBox={`0 0 ${indexOf(to) + 1} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={texts.traffic.chart(total, most, intervalSeconds)}
    >
      {intervals.map(({ errors, rejected, requests, start }) => {
        const parts = [
          [classes.errors, errors],
          [classes.rejected, rejected],
          [classes.answered, requests - errors - rejected],
        ] as const;
        let foot = HEIGHT;
        return (
          <g key={start}>
            <title>
              {texts.traffic.interval(start, { errors, rejected, requests })}
            </title>
            {parts.map(([className, count]) => {
              const height = (count / most) * HEIGHT;
              foot -= height;
              return (
                count > 0 && (
                  <rect
                    key={className}
                    className={className}
                    x={indexOf(start)}
                    y={foot}
                    width={WIDTH}
                    height={height}
                  />
                )
              );
            })}
          </g>
        );
      })}
    </svg>
  );
}
