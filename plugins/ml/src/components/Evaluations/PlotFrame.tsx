import type { ReactNode } from 'react';
import classes from './Evaluations.module.css';

export const SIZE = 200;
export const MARGIN = 34;
const FULL = SIZE + 2 * MARGIN;

/** A place in the frame, of shares from 0 to 1. */
export function placeOf([x, y]: readonly [number, number]): [number, number] {
  return [MARGIN + x * SIZE, MARGIN + (1 - y) * SIZE];
}

/** A titled square with a name on each axis. */
export function PlotFrame(props: {
  title: string;
  below: string;
  beside: string;
  /** The same in words, for who cannot see it. */
  description: string;
  children: ReactNode;
}) {
  const { below, beside, children, description, title } = props;
  return (
    <figure className={classes.plot}>
      <figcaption>{title}</figcaption>
      <svg
        role="img"
        aria-label={`${title}. ${description}`}
        viewBox={`0 0 ${FULL} ${FULL}`}
        width={FULL}
        height={FULL}
      >
        <rect
          className={classes.frame}
          x={MARGIN}
          y={MARGIN}
          width={SIZE}
          height={SIZE}
        />
        {children}
        <text x={FULL / 2} y={FULL - 8}>
          {below}
        </text>
        <text x={11} y={FULL / 2} transform={`rotate(-90 11 ${FULL / 2})`}>
          {beside}
        </text>
      </svg>
    </figure>
  );
}

/** From corner to corner: what would be there by chance, or for a perfect model. */
export function Diagonal() {
  const [[x1, y1], [x2, y2]] = [placeOf([0, 0]), placeOf([1, 1])];
  return <line className={classes.guide} x1={x1} y1={y1} x2={x2} y2={y2} />;
}

export function Curve(props: {
  points: ReadonlyArray<readonly [number, number]>;
  place?: number;
}) {
  return (
    <polyline
      className={classes.curve}
      data-place={props.place}
      points={props.points.map(point => placeOf(point).join(',')).join(' ')}
    />
  );
}

export function Dots(props: {
  points: ReadonlyArray<readonly [number, number]>;
}) {
  return (
    <>
      {props.points.map((point, index) => {
        const [x, y] = placeOf(point);
        // Nothing else tells two rows with the same values apart.
        // eslint-disable-next-line react/no-array-index-key
        return (
          <circle className={classes.dot} key={index} cx={x} cy={y} r={3} />
        );
      })}
    </>
  );
}
