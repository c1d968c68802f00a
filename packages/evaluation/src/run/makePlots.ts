import type { EvaluationPlots, Suite } from '@ml-platform/plugin-ml-common';
import { confusionMatrix } from '../metrics/confusionMatrix';
import { allRows, type Predictions } from '../metrics/Predictions';
import { calibrationBins, calibrationError } from '../metrics/probabilities';
import { rocAuc, rocPoints } from '../metrics/roc';
import { DEFAULT_BINS } from './metricValue';
import type { ScannedDataset } from './scanDataset';

const MAX_CLASSES = 20;
const MAX_CURVES = 10;
const MAX_POINTS = 200;

/** What a report draws of a data set. */
export function makePlots(
  { classes, dataset, quantities }: ScannedDataset,
  suite: Suite,
): EvaluationPlots {
  const hasQuantities = suite.metrics.some(
    ({ dataset: named, type }) =>
      named === dataset.name && ['rmse', 'mae', 'r2'].includes(type),
  );
  return {
    dataset: dataset.name,
    ...(classes &&
      classes.classes!.length <= MAX_CLASSES && {
        confusion: matrixOf(classes),
      }),
    ...(classes?.scores && {
      roc: curvesOf(classes),
      calibration: {
        error: calibrationError(classes, allRows(classes), DEFAULT_BINS),
        bins: calibrationBins(classes, allRows(classes), DEFAULT_BINS),
      },
    }),
    ...(quantities &&
      hasQuantities && { scatter: { points: scatterOf(quantities) } }),
  };
}

function matrixOf(data: Predictions) {
  return {
    classes: [...data.classes!],
    counts: confusionMatrix(data, allRows(data)).map(row => [...row]),
  };
}

function curvesOf(data: Predictions) {
  const rows = allRows(data);
  const indices = data.classes!.map((_, index) => index);
  // Of two classes, one curve is the other's mirror image.
  const drawn = indices.length === 2 ? [1] : indices.slice(0, MAX_CURVES);
  return drawn.flatMap(index => {
    const points = rocPoints(data, rows, { index, limit: MAX_POINTS });
    const auc = rocAuc(data, rows, { average: 'binary', positive: index });
    return points.length ? [{ class: data.classes![index], auc, points }] : [];
  });
}

/** A few of the rows, spread over all of them. */
function scatterOf({ answers, labels }: Predictions): Array<[number, number]> {
  const step = Math.max(1, Math.ceil(labels.length / MAX_POINTS));
  const points: Array<[number, number]> = [];
  for (let row = 0; row < labels.length; row += step) {
    if (Number.isFinite(answers[row])) points.push([labels[row], answers[row]]);
  }
  return points;
}
