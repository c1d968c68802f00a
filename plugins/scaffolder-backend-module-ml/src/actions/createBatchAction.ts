import { openAsBlob } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { resolveSafeChildPath } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { saveResponse } from '@ml-platform/packaging';
import {
  BATCH_FORMATS,
  type BatchFormat,
  ENVIRONMENTS,
} from '@ml-platform/plugin-ml-common';
import type { MlAccess } from '../lib/MlAccess';
import { toActionError } from '../lib/toActionError';
import { waitForBatchJob } from '../lib/waitForBatchJob';
import { examples } from './createBatchAction.examples';

/** Within the hour that the token of who started the task is good for. */
const WAIT_SECONDS = 3_000;
const UPLOAD_MS = 3_000_000;

/**
 * `ml:batch:run`: has the platform predict for each row of a file of the
 * workspace, and puts the predictions beside it.
 * @public
 */
export function createBatchAction({ access }: { access: MlAccess }) {
  return createTemplateAction({
    id: 'ml:batch:run',
    description:
      'Has the platform predict with a machine learning model for each row of a CSV, JSON Lines or Parquet file of the workspace, and writes the predictions into the workspace.',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        model: z => z.string().describe('Name of the model'),
        environment: z => z.enum(ENVIRONMENTS),
        version: z =>
          z
            .string()
            .optional()
            .describe(
              'Semantic version, or an API version such as 2; else what is live',
            ),
        input: z => z.string().describe('File in the workspace with the rows'),
        output: z =>
          z.string().describe('File in the workspace for the predictions'),
        columns: z =>
          z
            .array(z.string())
            .optional()
            .describe(
              "Columns of the model's inputs: features=age,income or features=first..last",
            ),
        keep: z =>
          z
            .array(z.string())
            .optional()
            .describe('Columns that are passed on to the output'),
        missing: z =>
          z
            .enum(['reject', 'nan'])
            .optional()
            .describe(
              'Rejects rows with a missing value, which is the default, or sends it as NaN',
            ),
        maxRejected: z =>
          z
            .string()
            .optional()
            .describe('Rows that may be rejected: 100 or 0.5%; none else'),
      },
      output: {
        jobId: z => z.string(),
        version: z => z.string().describe('The version that answered'),
        rows: z => z.number(),
        rejected: z => z.number(),
        output: z => z.string().describe('File with the predictions'),
        rejectedFile: z =>
          z
            .string()
            .optional()
            .describe(
              'File with the rejected rows and why, where there are any',
            ),
      },
    },
    async handler(ctx) {
      const { environment, input, model, output, version, ...settings } =
        ctx.input;
      const what = `Predict for ${input} with ${model}`;
      const source = resolveSafeChildPath(ctx.workspacePath, input);
      const target = resolveSafeChildPath(ctx.workspacePath, output);
      const formats = {
        inputFormat: formatOf(input),
        outputFormat: formatOf(output),
      };
      const found = await stat(source).catch(() => undefined);
      if (!found?.isFile()) {
        throw new InputError(
          `Cannot read ${input}: there is no such file in the workspace`,
        );
      }
      if (ctx.isDryRun) {
        ctx.logger.info(`${what}: not in a dry run`);
        return;
      }
      const client = await access.client(await ctx.getInitiatorCredentials());
      const id = await ctx.checkpoint({
        key: `ml.batch.${model}.${environment}.${input}.${output}`,
        fn: async () =>
          client.batchJobs
            .create(
              model,
              { environment, pin: version, ...formats, ...settings },
              await openAsBlob(source),
              AbortSignal.timeout(UPLOAD_MS),
            )
            .then(
              job => job.id,
              error => {
                throw toActionError(error);
              },
            ),
      });
      const job = await waitForBatchJob({
        ...{ client, id, seconds: WAIT_SECONDS, signal: ctx.signal },
        onChange: now =>
          ctx.logger.info(
            `${what}: it is ${now.state}, ${now.rows} rows are done`,
          ),
      });
      if (!job.finishedAt) {
        throw new Error(
          `${what}: batch job ${id} is still ${job.state} after ${WAIT_SECONDS} s. It goes on; its page is that of the model`,
        );
      }
      if (job.state !== 'succeeded') {
        throw new Error(`${what}: it is ${job.state}. ${job.message ?? ''}`);
      }
      await mkdir(dirname(target), { recursive: true });
      await saveResponse(
        signal => client.batchJobs.download(id, 'output', signal),
        target,
      );
      if (job.rejected) {
        await saveResponse(
          signal => client.batchJobs.download(id, 'rejected', signal),
          rejectedName(target),
        );
        ctx.output('rejectedFile', rejectedName(output));
      }
      ctx.output('jobId', id);
      ctx.output('version', job.version!);
      ctx.output('rows', job.rows);
      ctx.output('rejected', job.rejected);
      ctx.output('output', output);
      ctx.logger.info(`${what}: ${job.message}`);
    },
  });
}

/** `scores.rejected.jsonl` beside `scores.csv`, as `ml batch run` has it. */
function rejectedName(path: string): string {
  return `${path.slice(0, -extname(path).length)}.rejected.jsonl`;
}

function formatOf(path: string): BatchFormat {
  const format = BATCH_FORMATS.find(ending =>
    path.toLowerCase().endsWith(`.${ending}`),
  );
  if (format) return format;
  throw new InputError(
    `The name of ${path} does not say what it is; it must end in .csv, .jsonl or .parquet`,
  );
}
