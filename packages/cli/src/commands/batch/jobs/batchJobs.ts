import { saveResponse } from '@ml-platform/packaging';
import type { BatchJob } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../../CommandContext';
import type { Output } from '../../../output/Output';
import type { DownloadOptions } from './command';
import { followBatchJob } from './followBatchJob';
import { refuseExisting } from './refuseExisting';

/** `ml batch jobs list` */
export async function listBatchJobs(
  { connect, output }: CommandContext,
  model: string,
): Promise<void> {
  const { client } = await connect();
  const { items } = await client.batchJobs.list(model);
  await output.list({
    kind: 'BatchJobList',
    items,
    name: item => item.id,
    empty: `The platform has predicted for no file with ${model}. Begin: ml batch run --help`,
    columns: [
      { header: 'ID', cell: item => item.id },
      { header: 'ENVIRONMENT', cell: item => item.environment },
      { header: 'VERSION', cell: item => item.version ?? item.pin ?? '-' },
      { header: 'STATE', cell: item => item.state },
      { header: 'DONE', cell: shareDone },
      { header: 'ROWS', cell: item => String(item.rows) },
      { header: 'REJECTED', cell: item => String(item.rejected) },
      { header: 'WHEN', cell: item => output.time(item.createdAt) },
      { header: 'BY', cell: item => item.requestedBy },
    ],
  });
}

/** `ml batch jobs show` */
export async function showBatchJob(
  { connect, output }: CommandContext,
  id: string,
): Promise<void> {
  const { client } = await connect();
  await printBatchJob(output, await client.batchJobs.get(id));
}

/** `ml batch jobs download` */
export async function downloadBatchJob(
  context: CommandContext,
  id: string,
  options: DownloadOptions,
): Promise<void> {
  const { connect, output } = context;
  const { force = false, output: path, rejected, timeout, wait } = options;
  if (!force) refuseExisting(path, '--force');
  const { client } = await connect();
  if (wait) {
    const job = await client.batchJobs.get(id);
    await followBatchJob(context, client, { job, timeout });
  }
  const file = rejected ? 'rejected' : 'output';
  const bytes = await saveResponse(
    signal => client.batchJobs.download(id, file, signal),
    path,
  );
  output.done(`Written: ${path}`);
  await output.object({
    kind: 'BatchJobFile',
    name: path,
    data: { job: id, file, path, bytes },
    text: () => '',
  });
}

/** `ml batch jobs cancel` */
export async function cancelBatchJob(
  { connect, output }: CommandContext,
  id: string,
): Promise<void> {
  const { client } = await connect();
  const job = await client.batchJobs.cancel(id);
  output.done(`Batch job ${id} is cancelled; its files are gone`);
  await printBatchJob(output, job);
}

/** Prints one job. */
export async function printBatchJob(
  output: Output,
  job: BatchJob,
): Promise<void> {
  await output.object({
    kind: 'BatchJob',
    name: job.id,
    data: job,
    text: () => {
      const lines: Array<[string, string | undefined]> = [
        ['Job', job.id],
        ['Model', job.model],
        ['Environment', job.environment],
        ['Version', job.version ?? job.pin ?? 'what is live when it begins'],
        ['State', job.state],
        ['Message', job.message],
        ['Done', shareDone(job)],
        ['Rows', `${job.rows}, ${job.rejected} of them rejected`],
        ['Asked for by', job.requestedBy],
        ['Created', output.time(job.createdAt)],
        ['Ended', job.finishedAt && output.time(job.finishedAt)],
        ['Files until', job.expiresAt],
      ];
      return lines
        .filter(([, value]) => value)
        .map(([name, value]) => `${name.padEnd(12)} ${value}`)
        .join('\n');
    },
  });
}

function shareDone({ inputBytes, position, state }: BatchJob): string {
  if (state === 'succeeded') return '100 %';
  return `${Math.floor((position / (inputBytes || 1)) * 100)} %`;
}
