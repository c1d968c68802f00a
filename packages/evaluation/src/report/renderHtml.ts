import type {
  EvaluationCheck,
  EvaluationReport,
} from '@ml-platform/plugin-ml-common';
import { escapeHtml } from './escapeHtml';
import { plotsOf } from './plots';

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums}.passed{color:#1a7f37}.failed{color:#c62828}.skipped{color:#9a6700}
figure{display:inline-block;margin:0 1rem 1rem 0}`;

/**
 * The report as one HTML file that needs nothing else: no script, no font, no
 * network.
 * @public
 */
export function renderHtml(report: EvaluationReport): string {
  const name = `${report.model}@${report.version}`;
  const facts: Array<[string, string]> = [
    ['Suite', `${report.suite.path}, ${report.suite.digest}`],
    ...report.datasets.map<[string, string]>(each => [
      `Data set ${each.name}`,
      `${each.path}, ${each.rows} rows, ${each.digest}`,
    ]),
    ...(report.baseline
      ? [['Compared with', report.baseline.version] as [string, string]]
      : []),
    ['Run', `${report.startedAt} to ${report.finishedAt}`],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Evaluation of ${escapeHtml(
    name,
  )}</title><meta name="viewport" content="width=device-width,initial-scale=1"><style>${STYLE}</style></head><body>
<h1>Evaluation of ${escapeHtml(name)}</h1>
<p><strong class="${report.verdict}">${
    report.verdict === 'passed' ? 'Passed' : 'Failed'
  }.</strong> ${escapeHtml(report.summary)}</p>
<table><thead><tr><th>Check</th><th>Verdict</th><th>Value</th><th>Asked for</th><th>Missed by</th><th>Rows</th><th>In words</th></tr></thead><tbody>
${report.checks.map(rowOf).join('\n')}
</tbody></table>
${report.plots
  .map(
    plots =>
      `<h2>Data set ${escapeHtml(plots.dataset)}</h2>${plotsOf(plots).join(
        '',
      )}`,
  )
  .join('\n')}
<h2>What was run</h2><table><tbody>${facts
    .map(
      ([label, value]) =>
        `<tr><th>${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
    )
    .join('')}</tbody></table>
</body></html>
`;
}

function rowOf(check: EvaluationCheck): string {
  const { threshold } = check;
  const wanted = [
    ...(threshold?.min === undefined ? [] : [`≥ ${threshold.min}`]),
    ...(threshold?.max === undefined ? [] : [`≤ ${threshold.max}`]),
  ].join(', ');
  const number = (value: number | undefined) =>
    value === undefined ? '' : String(Number(value.toPrecision(4)));
  return `<tr><td>${escapeHtml(check.kind)}: ${escapeHtml(
    check.name,
  )}</td><td class="${check.verdict}">${
    check.verdict
  }</td><td class="number">${number(
    check.value,
  )}</td><td class="number">${wanted}</td><td class="number">${number(
    check.missedBy,
  )}</td><td class="number">${check.rows ?? ''}</td><td>${escapeHtml(
    check.message,
  )}</td></tr>`;
}
