import { Readable } from 'node:stream';
import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { environmentInput, modelInput } from './inputs';
import { batchJobOutput } from './outputs';
import { FIND_MODELS, withHint } from './withHint';

/** What goes into a call; files are for the REST API and `ml batch run`. */
const LONGEST_INPUT = 1_000_000;

export function createRunBatchJobAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'batchJobs'>,
): void {
  const { actionsRegistry, batchJobs } = options;
  actionsRegistry.register({
    name: 'run-batch-job',
    title: 'Predict for many rows with a machine learning model',
    description: `Has the platform predict for each row of a text: JSON Lines, or CSV with a header. get-version shows which inputs a model has; each is a column or key of its name, or the columns named in columns.
It answers at once; ask get-batch-job every few seconds until the job has ended, which gives the predictions as well. Each call begins another job. Only the caller can read what comes of it.`,
    attributes: { readOnly: false, destructive: false, idempotent: false },
    schema: {
      input: zod =>
        zod.strictObject({
          model: modelInput(zod),
          environment: environmentInput(zod),
          pin: zod
            .string()
            .regex(
              /^(0|[1-9]\d*)(\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-+].+)?)?$/,
              'must be a semantic version such as 1.4.0 or an API version such as 1',
            )
            .optional()
            .describe(
              'An exact version, or an API version; leave it away for what is live',
            ),
          format: zod.enum(['jsonl', 'csv']).default('jsonl'),
          rows: zod
            .string()
            .min(1)
            .max(LONGEST_INPUT)
            .describe('The rows, as text in that format'),
          columns: zod
            .array(zod.string().min(1))
            .max(1_000)
            .default([])
            .describe(
              "Columns of the model's inputs: features=age,income or features=first..last",
            ),
          keep: zod
            .array(zod.string().min(1))
            .max(1_000)
            .default([])
            .describe('Columns that are passed on to the output'),
          maxRejected: zod
            .string()
            .default('0')
            .describe('Rows that may be rejected: 100 or 0.5%'),
        }),
      output: batchJobOutput,
    },
    action: async ({ credentials, input }) => {
      const { columns, environment, format, keep, maxRejected, pin } = input;
      const job = await withHint(
        batchJobs.create(
          contextOf(credentials),
          input.model,
          {
            ...{ environment, pin, columns, keep, maxRejected },
            inputFormat: format,
          },
          Readable.from([Buffer.from(input.rows)]),
        ),
        { notFound: FIND_MODELS },
      );
      return { output: job };
    },
  });
}
