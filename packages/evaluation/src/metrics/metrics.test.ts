import reference from '../__fixtures__/metrics.json';
import { pairedBootstrap, seededRandom } from './bootstrap';
import {
  accuracy,
  type Averaging,
  f1,
  precision,
  recall,
} from './classification';
import { percentile } from './percentile';
import { allRows, type Predictions } from './Predictions';
import { calibrationError, logLoss } from './probabilities';
import { mae, r2, rmse } from './regression';
import { rocAuc, rocPoints } from './roc';

type Metric = (data: Predictions, rows: ArrayLike<number>) => number;

const averaged = { precision, recall, f1, 'roc-auc': rocAuc };
const plain: Record<string, Metric> = {
  accuracy,
  'log-loss': logLoss,
  calibration: (data, rows) => calibrationError(data, rows, 10),
  rmse,
  mae,
  r2,
  'percentile-95': data => percentile(data.labels, 0.95),
};

function metricOf(name: string): Metric {
  if (plain[name]) return plain[name];
  const cut = name.lastIndexOf('-');
  const compute = averaged[name.slice(0, cut) as keyof typeof averaged];
  const average = name.slice(cut + 1) as Averaging['average'];
  return (data, rows) => compute(data, rows, { average, positive: 1 });
}

const cases = Object.entries(reference).flatMap(([what, data]) =>
  Object.entries(data.expected).map(
    ([name, value]) => [name, what, value] as const,
  ),
);

function load(what: string): Predictions {
  const data = reference[what as keyof typeof reference];
  return {
    labels: Float64Array.from(data.labels),
    answers: Float64Array.from(data.answers),
    ...('classes' in data && {
      classes: Array.from({ length: data.classes }, (_, index) => `${index}`),
      scores: Float64Array.from(data.scores),
    }),
  };
}

describe('metrics', () => {
  it.each(cases)(
    '%s of %s is what scikit-learn computes',
    (name, what, value) => {
      const data = load(what);
      expect(metricOf(name)(data, allRows(data))).toBeCloseTo(value, 10);
    },
  );

  it('are of the named rows only, each as often as it is named', () => {
    const data = load('quantities');
    const error = Math.abs(data.answers[3] - data.labels[3]);
    expect(mae(data, [3, 3, 3])).toBeCloseTo(error, 12);
  });

  it('have no ROC curve where there is one class only', () => {
    const data = load('two classes');
    const ones = [...allRows(data)].filter(row => data.labels[row] === 1);
    expect(rocAuc(data, ones, { average: 'binary', positive: 1 })).toBeNaN();
    expect(rocPoints(data, ones, { index: 1, limit: 10 })).toEqual([]);
  });

  it('draw a ROC curve from corner to corner, with no more points than asked for', () => {
    const data = load('three classes');
    const points = rocPoints(data, allRows(data), { index: 0, limit: 20 });
    expect(points[0]).toEqual([0, 0]);
    expect(points.at(-1)).toEqual([1, 1]);
    expect(points.length).toBeLessThanOrEqual(22);
  });
});

describe('the paired bootstrap', () => {
  const data = load('quantities');
  const worse = { ...data, answers: data.answers.map(each => each + 1.5) };
  const options = {
    rows: data.labels.length,
    resamples: 2000,
    confidence: 0.9,
    seed: 7,
  };
  const difference = (rows: ArrayLike<number>) =>
    mae(worse, rows) - mae(data, rows);

  it('gives the same interval for the same seed, and another for another', () => {
    const first = pairedBootstrap(difference, options);
    expect(pairedBootstrap(difference, options)).toEqual(first);
    expect(pairedBootstrap(difference, { ...options, seed: 8 })).not.toEqual(
      first,
    );
  });

  it('holds the difference of all rows', () => {
    const { low, high } = pairedBootstrap(difference, options);
    const observed = difference(allRows(data));
    expect(low).toBeLessThan(observed);
    expect(high).toBeGreaterThan(observed);
  });

  it('covers the true mean about as often as it says', () => {
    const random = seededRandom(64);
    let covered = 0;
    for (let round = 0; round < 200; round += 1) {
      const values = Float64Array.from(
        { length: 60 },
        () => random() + random(),
      );
      const mean = (rows: ArrayLike<number>) => {
        let total = 0;
        for (let at = 0; at < rows.length; at += 1) total += values[rows[at]];
        return total / rows.length;
      };
      const { low, high } = pairedBootstrap(mean, {
        ...{ rows: 60, resamples: 300, confidence: 0.9, seed: round },
      });
      if (low <= 1 && high >= 1) covered += 1;
    }
    expect(covered).toBeGreaterThan(165);
    expect(covered).toBeLessThan(195);
  });
});
