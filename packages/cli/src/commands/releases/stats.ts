import type {
  DurationStats,
  ReleaseStats,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { formatDuration } from '../../output/format';
import { renderTable } from '../../output/renderTable';

/** `ml releases stats` */
export async function releaseStats(
  { connect, output }: CommandContext,
  { days }: { days: number },
): Promise<void> {
  const { client } = await connect();
  const report = await client.getReleaseStats({ days });
  await output.object({
    kind: 'ReleaseStats',
    name: report.environment,
    data: report,
    text: () =>
      renderTable(
        [
          'TEAM',
          'DEPLOYMENTS',
          'FAILED',
          'ROLLBACKS',
          'FAILURE RATE',
          'CYCLE TIME',
          'TIME TO DEPLOY',
          'TIME TO ROLL BACK',
        ].map(header => output.paint('dim', header)),
        [...report.teams, { ...report.total, team: 'all' }].map(rowOf),
      ),
  });
}

function rowOf(stats: ReleaseStats): string[] {
  const { failureRate } = stats;
  return [
    stats.team,
    String(stats.deployments),
    String(stats.failed),
    String(stats.rollbacks),
    failureRate === undefined ? '-' : `${(failureRate * 100).toFixed(0)} %`,
    medianOf(stats.cycleTime),
    medianOf(stats.deployTime),
    medianOf(stats.rollbackTime),
  ];
}

function medianOf({ median }: DurationStats): string {
  return median === undefined ? '-' : formatDuration(median);
}
