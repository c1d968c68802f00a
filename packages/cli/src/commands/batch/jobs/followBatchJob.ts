import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchJob, MlClient } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../../CommandContext';
import { CliError } from '../../../errors/CliError';
import { ExitCode } from '../../../errors/ExitCode';
import { formatDuration } from '../../../output/format';
import { untilReachable } from '../../untilReachable';
import { batchReporter } from '../batchReporter';

const LONGEST_MS = 2_000;

/**
 * Shows how far a job is until it has succeeded.
 * @throws CliError when it ended otherwise, or the time is up
 */
export async function followBatchJob(
  { output }: Pick<CommandContext, 'output'>,
  client: MlClient,
  { job, timeout }: { job: BatchJob; timeout?: number },
): Promise<BatchJob> {
  const reporter = batchReporter(output, job.model);
  const deadline = timeout === undefined ? Infinity : Date.now() + timeout;
  let begun = false;
  let now = job;
  try {
    for (
      let interval = 100;
      ;
      interval = Math.min(interval * 1.5, LONGEST_MS)
    ) {
      const { id, inputBytes, position, rejected, rows, state, version } = now;
      if (version && !begun) {
        begun = true;
        reporter.begin({ version, rowsBefore: 0, size: inputBytes });
      }
      if (now.finishedAt) break;
      if (begun) reporter.progress({ rows, rejected, position });
      if (now.message) reporter.busy(now.message.replace(/^Waiting: /, ''));
      if (Date.now() + interval > deadline) throw stillRunning(now, timeout!);
      await sleep(interval);
      now = await untilReachable(() => client.batchJobs.get(id), now);
      if (state === 'queued' && now.state === 'running') interval = 100;
    }
  } finally {
    reporter.stop();
  }
  if (now.state === 'succeeded') return now;
  throw new CliError({
    code: now.state === 'cancelled' ? 'CANCELLED' : 'BATCH_FAILED',
    message: `Batch job ${now.id} is ${now.state}: ${
      now.message ?? 'no reason was given'
    }`,
    hint: now.rejected
      ? `See the rows that were rejected: ml batch jobs download ${now.id} --rejected --output rejected.jsonl`
      : undefined,
  });
}

function stillRunning({ id, state }: BatchJob, timeout: number): Error {
  return new CliError({
    code: 'TIMEOUT',
    exitCode: ExitCode.timeout,
    message: `Batch job ${id} is still ${state} after ${formatDuration(
      timeout,
    )}; it goes on`,
    hint: `Fetch it later: ml batch jobs download ${id} --wait --output <file>`,
  });
}
