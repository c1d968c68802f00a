import type { EvaluationPlots } from '@ml-platform/plugin-ml-common';
import { escapeHtml } from './escapeHtml';

const SIZE = 240;
const MARGIN = 36;
const FULL = SIZE + 2 * MARGIN;
const COLORS = ['#1f77b4', '#d95f02', '#2ca02c', '#9467bd', '#8c564b'];

/** All plots of a data set, as SVG. */
export function plotsOf(plots: EvaluationPlots): string[] {
  const { calibration, confusion, roc, scatter } = plots;
  return [
    ...(confusion ? [confusionSvg(confusion)] : []),
    ...(roc?.length ? [rocSvg(roc)] : []),
    ...(calibration ? [calibrationSvg(calibration)] : []),
    ...(scatter?.points.length ? [scatterSvg(scatter.points)] : []),
  ];
}

function confusionSvg({
  classes,
  counts,
}: NonNullable<EvaluationPlots['confusion']>): string {
  const cell = SIZE / classes.length;
  const cells = counts.flatMap((row, right) => {
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    return row.map((count, told) => {
      const share = count / total;
      const [x, y] = [MARGIN + told * cell, MARGIN + right * cell];
      return `<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="#1f77b4" fill-opacity="${share.toFixed(
        3,
      )}" stroke="#888"/>${text(
        x + cell / 2,
        y + cell / 2 + 4,
        String(count),
        share > 0.55 ? '#fff' : undefined,
      )}`;
    });
  });
  const names = classes.map(
    (name, index) =>
      text(MARGIN + (index + 0.5) * cell, MARGIN - 6, name) +
      text(MARGIN / 2, MARGIN + (index + 0.5) * cell + 4, name),
  );
  return frame('Confusion matrix', 'told class', 'right class', [
    ...cells,
    ...names,
  ]);
}

function rocSvg(curves: NonNullable<EvaluationPlots['roc']>): string {
  const lines = curves.map((curve, index) => {
    const color = COLORS[index % COLORS.length];
    return `${line(curve.points, color)}${text(
      FULL - MARGIN - 60,
      FULL - MARGIN - 12 - 14 * index,
      `${curve.class}: AUC ${curve.auc.toFixed(3)}`,
      color,
    )}`;
  });
  return frame('ROC', 'share of false alarms', 'share of hits', [
    diagonal(),
    ...lines,
  ]);
}

function calibrationSvg({
  bins,
  error,
}: NonNullable<EvaluationPlots['calibration']>): string {
  const points = bins.map(
    ({ accuracy, confidence }) => [confidence, accuracy] as [number, number],
  );
  return frame(
    `Calibration (error ${error.toFixed(3)})`,
    'confidence',
    'share that is right',
    [diagonal(), line(points, COLORS[0]), ...points.map(each => dot(each))],
  );
}

function scatterSvg(points: Array<[number, number]>): string {
  const all = points.flat();
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const scaled = points.map(
    ([x, y]) => [(x - low) / span, (y - low) / span] as [number, number],
  );
  return frame('Right and told values', 'right value', 'told value', [
    diagonal(),
    ...scaled.map(each => dot(each)),
  ]);
}

function frame(
  title: string,
  below: string,
  beside: string,
  content: string[],
): string {
  return `<figure><figcaption>${escapeHtml(
    title,
  )}</figcaption><svg role="img" aria-label="${escapeHtml(
    title,
  )}" viewBox="0 0 ${FULL} ${FULL}" width="${FULL}" height="${FULL}"><rect x="${MARGIN}" y="${MARGIN}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#888"/>${content.join(
    '',
  )}${text(FULL / 2, FULL - 10, below)}<g transform="rotate(-90 12 ${
    FULL / 2
  })">${text(12, FULL / 2, beside)}</g></svg></figure>`;
}

function at([x, y]: [number, number]): [string, string] {
  return [(MARGIN + x * SIZE).toFixed(1), (MARGIN + (1 - y) * SIZE).toFixed(1)];
}

function line(points: Array<[number, number]>, color: string): string {
  const path = points.map(point => at(point).join(',')).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`;
}

function dot(point: [number, number]): string {
  const [x, y] = at(point);
  return `<circle cx="${x}" cy="${y}" r="3" fill="${COLORS[0]}" fill-opacity="0.6"/>`;
}

function diagonal(): string {
  const [[x1, y1], [x2, y2]] = [at([0, 0]), at([1, 1])];
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#888" stroke-dasharray="4"/>`;
}

function text(x: number, y: number, content: string, fill?: string): string {
  return `<text x="${x}" y="${y}" text-anchor="middle" font-size="11" fill="${
    fill ?? 'currentColor'
  }">${escapeHtml(content)}</text>`;
}
