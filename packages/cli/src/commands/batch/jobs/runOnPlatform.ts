import { openAsBlob } from 'node:fs';
import { parseRejectionLimit, pathsFor } from '@ml-platform/batch';
import { saveResponse } from '@ml-platform/packaging';
import type { CommandContext } from '../../../CommandContext';
import { formatBytes, plural } from '../../../output/format';
import { isAlias, usageError } from '../../parseRef';
import { parseTarget } from '../../parseTarget';
import { resolveRef } from '../../resolveRef';
import type { BatchRunCommandOptions } from '../command';
import { inputFile, outputFile } from '../files';
import { printBatchJob } from './batchJobs';
import { followBatchJob } from './followBatchJob';
import { refuseExisting } from './refuseExisting';

/** How long an upload may take. */
const UPLOAD_MS = 6 * 60 * 60_000;

/** `ml batch run --on-platform` */
export async function runOnPlatform(
  context: CommandContext,
  target: string,
  options: BatchRunCommandOptions,
): Promise<void> {
  const { output } = context;
  const { env: environment, maxRejected, restart, timeout, wait } = options;
  const { model, pin: given } = parseTarget(target);
  if (!environment) throw usageError('--on-platform needs --env');
  if (!parseRejectionLimit(maxRejected)) {
    throw usageError(
      `--max-rejected ${maxRejected} is neither a number of rows nor a share such as 0.5%`,
    );
  }
  const input = await inputFile(options);
  const result = outputFile(options);
  if (wait && !restart) refuseExisting(result.path, '--restart');
  const { client } = await context.connect();
  const pin =
    given !== undefined && isAlias(given)
      ? (await resolveRef({ client, output }, { model, alias: given })).version
      : given;
  output.info(`Uploading ${input.path} (${formatBytes(input.size)})`);
  const job = await client.batchJobs.create(
    model,
    {
      ...{ environment, pin, maxRejected },
      inputFormat: input.format,
      outputFormat: result.format,
      columns: options.columns,
      keep: options.keep,
      missing: options.missing,
    },
    await openAsBlob(input.path),
    AbortSignal.timeout(UPLOAD_MS),
  );
  output.info(`Batch job ${job.id} on the platform`);
  if (!wait) {
    await printBatchJob(output, job);
    return;
  }
  context.onInterrupt(
    () =>
      `Stopped waiting. The job goes on; fetch it with:\n  ml batch jobs download ${job.id} --wait --output ${result.path}`,
  );
  const ended = await followBatchJob(context, client, { job, timeout });
  const { id, rejected, rows, version } = ended;
  const save = (file: 'output' | 'rejected', path: string) =>
    saveResponse(signal => client.batchJobs.download(id, file, signal), path);
  await save('output', result.path);
  let rejectedFile: string | undefined;
  if (rejected) {
    rejectedFile = pathsFor(result.path).rejected;
    await save('rejected', rejectedFile);
  }
  const bad = rejected ? `, ${rejected} rejected (${rejectedFile})` : '';
  output.done(
    `${plural(
      rows - rejected,
      'row',
    )} predicted by ${model}@${version}${bad}: ${result.path}`,
  );
  await output.object({
    kind: 'BatchRun',
    name: result.path,
    data: {
      ...{ job: id, model, version, environment },
      ...{ rows, predicted: rows - rejected, rejected },
      ...{ output: result.path, rejectedFile },
    },
    text: () => '',
  });
}
