import type { EvaluationPlots } from '@ml-platform/plugin-ml-common';
import { evaluationTexts } from '../../evaluationTexts';
import classes from './Evaluations.module.css';
import { Curve, Diagonal, Dots, MARGIN, PlotFrame, SIZE } from './PlotFrame';

const say = evaluationTexts.plots;

/** What a report draws of a data set. */
export function Plots(props: { plots: EvaluationPlots }) {
  const { calibration, confusion, roc, scatter } = props.plots;
  return (
    <div className={classes.plots}>
      {confusion && <Confusion {...confusion} />}
      {roc && roc.length > 0 && <Roc curves={roc} />}
      {calibration && <Calibration {...calibration} />}
      {scatter && scatter.points.length > 0 && (
        <Scatter points={scatter.points} />
      )}
    </div>
  );
}

function Confusion(props: NonNullable<EvaluationPlots['confusion']>) {
  const { classes: names, counts } = props;
  const cell = SIZE / names.length;
  const description = counts
    .map(
      (row, right) =>
        `${say.right} ${names[right]}: ${row
          .map((count, told) => `${count} ${names[told]}`)
          .join(', ')}`,
    )
    .join('; ');
  return (
    <PlotFrame
      title={say.confusion}
      below={say.told}
      beside={say.right}
      description={description}
    >
      {counts.map((row, right) => {
        const total = row.reduce((sum, count) => sum + count, 0) || 1;
        return row.map((count, told) => (
          <g key={`${names[right]}-${names[told]}`}>
            <rect
              className={classes.cell}
              fillOpacity={(count / total) * 0.45}
              x={MARGIN + told * cell}
              y={MARGIN + right * cell}
              width={cell}
              height={cell}
            />
            <text
              x={MARGIN + (told + 0.5) * cell}
              y={MARGIN + (right + 0.5) * cell + 4}
            >
              {count}
            </text>
          </g>
        ));
      })}
      {names.map((name, index) => (
        <g key={name}>
          <text x={MARGIN + (index + 0.5) * cell} y={MARGIN - 6}>
            {name}
          </text>
          <text x={MARGIN - 10} y={MARGIN + (index + 0.5) * cell + 4}>
            {name}
          </text>
        </g>
      ))}
    </PlotFrame>
  );
}

function Roc(props: { curves: NonNullable<EvaluationPlots['roc']> }) {
  const { curves } = props;
  const areas = curves.map(
    ({ auc, class: name }) => `${name}: AUC ${auc.toFixed(3)}`,
  );
  return (
    <PlotFrame
      title={say.roc}
      below={say.falseAlarms}
      beside={say.hits}
      description={areas.join(', ')}
    >
      <Diagonal />
      {curves.map(({ class: name, points }, index) => (
        <Curve key={name} points={points} place={index} />
      ))}
      {areas.map((text, index) => (
        <text
          key={text}
          x={MARGIN + SIZE - 56}
          y={MARGIN + SIZE - 10 - 14 * index}
        >
          {text}
        </text>
      ))}
    </PlotFrame>
  );
}

function Calibration(props: NonNullable<EvaluationPlots['calibration']>) {
  const points = props.bins.map(
    ({ accuracy, confidence }) => [confidence, accuracy] as const,
  );
  return (
    <PlotFrame
      title={say.calibration(props.error.toFixed(3))}
      below={say.confidence}
      beside={say.accuracy}
      description={points
        .map(([x, y]) => `${x.toFixed(2)}: ${y.toFixed(2)}`)
        .join(', ')}
    >
      <Diagonal />
      <Curve points={points} />
      <Dots points={points} />
    </PlotFrame>
  );
}

function Scatter(props: { points: Array<[number, number]> }) {
  const all = props.points.flat();
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  return (
    <PlotFrame
      title={say.scatter}
      below={say.rightValue}
      beside={say.toldValue}
      description={`${props.points.length} rows from ${low} to ${low + span}`}
    >
      <Diagonal />
      <Dots
        points={props.points.map(
          ([x, y]) => [(x - low) / span, (y - low) / span] as const,
        )}
      />
    </PlotFrame>
  );
}
