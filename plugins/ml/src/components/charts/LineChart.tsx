import { useId } from 'react';
import { Text } from '@backstage/ui';
import type { Line } from '../../lib/rolloutSeries';
import classes from './charts.module.css';

const WIDTH = 320;
const HEIGHT = 96;

/**
 * Lines over time, small and drawn by hand: there is one scale and nothing to
 * configure. The newest values stand below, for everybody who does not see lines.
 */
export function LineChart(props: {
  title: string;
  lines: Line[];
  format: (value: number) => string;
  /** The scale reaches at least so far. */
  atLeast: number;
}) {
  const { atLeast, format, lines, title } = props;
  const titleId = useId();
  const drawn = lines.filter(({ points }) =>
    points.some(({ value }) => value !== undefined),
  );
  const times = drawn.flatMap(({ points }) => points.map(({ at }) => at));
  const values = drawn.flatMap(({ points }) =>
    points.flatMap(({ value }) => (value === undefined ? [] : [value])),
  );
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const most = Math.max(atLeast, ...values);
  const x = (at: number) =>
    to > from ? ((at - from) / (to - from)) * WIDTH : WIDTH;
  const y = (value: number) => HEIGHT - (value / most) * HEIGHT;
  return (
    <figure className={classes.figure} aria-labelledby={titleId}>
      <figcaption id={titleId}>
        <Text variant="body-small" weight="bold">
          {title}
        </Text>
        <Text variant="body-small" color="secondary">
          {drawn.length ? `up to ${format(most)}` : 'no data yet'}
        </Text>
      </figcaption>
      <svg
        className={classes.chart}
        viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {[0, 0.5, 1].map(share => (
          <line
            key={share}
            className={classes.grid}
            x1={0}
            x2={WIDTH}
            y1={HEIGHT * share}
            y2={HEIGHT * share}
          />
        ))}
        {drawn.map(({ name, points, tone }) => (
          <path
            key={name}
            className={classes.line}
            data-tone={tone}
            d={pathOf(points, x, y)}
          />
        ))}
      </svg>
      <dl className={classes.legend}>
        {lines.map(({ name, points, tone }) => {
          const newest = points.findLast(({ value }) => value !== undefined);
          return (
            <div key={name} data-tone={tone}>
              <dt>{name}</dt>
              <dd>{newest ? format(newest.value!) : 'no data'}</dd>
            </div>
          );
        })}
      </dl>
    </figure>
  );
}

/** A pen that is lifted where there is no value, and makes a dot of a single one. */
function pathOf(
  points: Line['points'],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let down = false;
  for (const { at, value } of points) {
    if (value === undefined) {
      down = false;
      continue;
    }
    const [left, top] = [x(at).toFixed(1), y(value).toFixed(1)];
    path += down ? `L${left} ${top}` : `M${left} ${top}h0`;
    down = true;
  }
  return path;
}
