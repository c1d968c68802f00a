import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:fs';
import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { batchJobOutput } from './outputs';

/** What is given as text; more is a download. */
const LONGEST_OUTPUT = 1_000_000;

export function createGetBatchJobAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'batchJobs'>,
): void {
  const { actionsRegistry, batchJobs } = options;
  actionsRegistry.register({
    name: 'get-batch-job',
    title: 'Get a batch job',
    description: `Shows how far a batch job is and, once it has succeeded, the predictions: a line a row, with its number in the input from 1. Rejected rows come with their number and the reason.
Only who asked for the job gets the rows. Predictions of more than ${LONGEST_OUTPUT} bytes are left out; they are downloaded over the REST API or by 'ml batch jobs download'.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: zod =>
        zod.strictObject({
          id: zod.string().min(1).describe('As run-batch-job gave it'),
        }),
      output: zod =>
        batchJobOutput(zod).extend({
          predictions: zod
            .string()
            .optional()
            .describe('In the format of the input'),
          rejections: zod.string().optional().describe('JSON Lines'),
        }),
    },
    action: async ({ credentials, input }) => {
      const context = contextOf(credentials);
      const job = await batchJobs.get(context, input.id);
      const hasText =
        job.state === 'succeeded' && job.settings.outputFormat !== 'parquet';
      if (!hasText || job.requestedBy !== context.actor) return { output: job };
      const read = async (file: 'output' | 'rejected') =>
        readShort(await batchJobs.open(context, job.id, file));
      return {
        output: {
          ...job,
          predictions: await read('output'),
          rejections: job.rejected ? await read('rejected') : undefined,
        },
      };
    },
  });
}

async function readShort(file: {
  size: number;
  stream: ReadStream;
}): Promise<string | undefined> {
  if (file.size <= LONGEST_OUTPUT) return text(file.stream);
  file.stream.destroy();
  return undefined;
}
