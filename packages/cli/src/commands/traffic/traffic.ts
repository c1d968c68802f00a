import type { TrafficFigures } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { renderTable } from '../../output/renderTable';
import type { TrafficOptions } from './command';

const HEADERS = [
  'VERSION',
  'REQUESTS',
  'ERRORS',
  'REJECTED',
  'P50',
  'P95',
  'P99',
];

/** `ml traffic` */
export async function traffic(
  context: CommandContext,
  model: string,
  { env }: TrafficOptions,
): Promise<void> {
  const { output, connect } = context;
  const { client } = await connect();
  const report = await client.predictions.getTraffic(model, env);
  if (!report.total.requests && output.format === 'table') {
    output.hint(
      `Nobody called ${model} in ${env} in the last day. Next: ml predict ${model} --env ${env} --sample`,
    );
    return;
  }
  await output.object({
    kind: 'TrafficReport',
    data: report,
    name: `${model}/${env}`,
    text: () =>
      renderTable(
        HEADERS.map(header => output.paint('dim', header)),
        [
          ...report.versions.map(({ version, ...figures }) =>
            rowOf(version, figures),
          ),
          ...(report.versions.length > 1 ? [rowOf('all', report.total)] : []),
        ],
      ),
  });
}

function rowOf(version: string, figures: TrafficFigures): string[] {
  const { errors, rejected, requests } = figures;
  return [
    version,
    String(requests),
    share(errors, requests),
    share(rejected, requests),
    ...[figures.p50Ms, figures.p95Ms, figures.p99Ms].map(ms =>
      ms === undefined ? '-' : `${ms} ms`,
    ),
  ];
}

/** `3 (0.4 %)`. */
function share(count: number, all: number): string {
  if (!count) return '0';
  return `${count} (${Number(((count / all) * 100).toPrecision(2))} %)`;
}
