import { z } from 'zod';
import { relativePath } from './relativePath';

/**
 * Head of `eval/suite.yaml`, the evaluation suite: all that a registered
 * version has to keep. What else it contains is checked when it is packaged
 * and when it is run, so that a newer suite may say more than this platform
 * knows of.
 * @public
 */
export const suiteHeadSchema = z.looseObject({
  apiVersion: z.literal('ml.internal/v1alpha1'),
  kind: z.literal('EvaluationSuite'),
});

const name = z.string().min(1).max(120);
const value = z.union([z.string(), z.number(), z.boolean()]);

const threshold = z
  .strictObject({
    min: z.number().optional(),
    max: z.number().optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, {
    message: 'must have min, max or both',
  })
  .refine(({ min = -Infinity, max = Infinity }) => min <= max, {
    message: 'has a min above its max, which nothing can meet',
  })
  .meta({ description: 'What has to be reached (min) or kept (max).' });

const label = z.strictObject({
  column: z
    .string()
    .min(1)
    .meta({
      description: 'Column with the right answer.',
      examples: ['cultivar'],
    }),
  output: z
    .string()
    .min(1)
    .meta({
      description: 'Output of the model with its answer: a class, or a number.',
      examples: ['label'],
    }),
  scores: z
    .string()
    .min(1)
    .meta({
      description:
        'Output with the probability of each class, or of the positive class alone; for roc-auc, log-loss and calibration.',
      examples: ['probabilities'],
    })
    .optional(),
  classes: z
    .array(value)
    .min(2)
    .max(1000)
    .meta({
      description:
        'The classes in the order of `scores`; sorted as they occur when not given.',
      examples: [[0, 1, 2]],
    })
    .optional(),
});

const dataset = z.strictObject({
  name: name.meta({ description: 'Named by metrics and checks.' }),
  path: relativePath.meta({
    description: 'CSV, JSON Lines or Parquet file inside the package.',
    examples: ['eval/holdout.csv'],
  }),
  format: z
    .enum(['csv', 'jsonl', 'parquet'])
    .meta({ description: 'Where the name of the file does not tell it.' })
    .optional(),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 hex digits')
    .meta({
      description: 'Digest of the file; another content is refused.',
    })
    .optional(),
  inputs: z
    .array(
      z.strictObject({
        tensor: z.string().min(1),
        columns: z.array(z.string().min(1)).min(1),
      }),
    )
    .meta({
      description:
        'Columns of each input. Not needed where a column is named like the input.',
    })
    .optional(),
  missing: z
    .enum(['reject', 'nan'])
    .meta({
      description:
        'What a missing number becomes: an error of the row (default), or NaN.',
    })
    .optional(),
  label: label.optional(),
});

/**
 * Kinds of metrics.
 * @public
 */
export const METRIC_TYPES = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  'roc-auc',
  'log-loss',
  'calibration',
  'rmse',
  'mae',
  'r2',
  'latency',
  'payload-size',
  'command',
] as const;

/** @public */
export type MetricType = (typeof METRIC_TYPES)[number];

const metric = z
  .strictObject({
    name,
    type: z.enum(METRIC_TYPES).meta({ description: 'What is computed.' }),
    dataset: z.string().min(1),
    threshold: threshold.optional(),
    average: z
      .enum(['macro', 'micro', 'weighted', 'binary'])
      .meta({
        description:
          'How classes are put together for precision, recall, f1 and roc-auc; macro by default.',
      })
      .optional(),
    positive: value
      .meta({ description: 'The positive class, for the average binary.' })
      .optional(),
    bins: z
      .int()
      .min(2)
      .max(100)
      .meta({ description: 'Of calibration; 10 by default.' })
      .optional(),
    percentile: z
      .number()
      .gt(0)
      .max(100)
      .meta({
        description:
          'Of latency (ms a request) and payload-size (bytes an answer); 95 by default.',
        examples: [99],
      })
      .optional(),
    command: z
      .array(z.string().min(1))
      .min(1)
      .max(50)
      .meta({
        description:
          'Program and arguments, run in the package; reads predictions as JSON Lines on its standard input and prints the number.',
        examples: [['python3', 'eval/profit.py']],
      })
      .optional(),
    timeoutSeconds: z
      .int()
      .min(1)
      .max(3600)
      .meta({ description: 'Of a command; 60 by default.' })
      .optional(),
  })
  .refine(({ command, type }) => (type === 'command') === Boolean(command), {
    path: ['command'],
    message: "belongs to metrics of the type 'command', and they need it",
  })
  .refine(
    ({ average, positive }) =>
      (average === 'binary') === (positive !== undefined),
    {
      path: ['positive'],
      message: "belongs to the average 'binary', which needs it",
    },
  );

/** Which rows a slice has. @public */
export const sliceConditionSchema = z
  .strictObject({
    column: z.string().min(1),
    equals: value.optional(),
    in: z.array(value).min(1).optional(),
    below: z.number().optional(),
    atLeast: z.number().optional(),
  })
  .refine(
    condition =>
      ['equals', 'in', 'below', 'atLeast'].some(
        key => condition[key as keyof typeof condition] !== undefined,
      ),
    { message: 'must have equals, in, below or atLeast' },
  )
  .meta({ description: 'Rows of the slice; all conditions hold.' });

/**
 * Which rows of a data set belong to a slice.
 * @public
 */
export type SliceCondition = z.output<typeof sliceConditionSchema>;

const slice = z.strictObject({
  name,
  dataset: z.string().min(1),
  where: sliceConditionSchema,
  metric: z.string().min(1).meta({ description: 'Name of a metric.' }),
  threshold: threshold.optional(),
  minRows: z
    .int()
    .min(1)
    .meta({
      description: 'Fewer rows fail the check; 1 by default.',
    })
    .optional(),
});

const golden = z.strictObject({
  name,
  request: relativePath,
  response: relativePath,
  tolerance: z
    .number()
    .min(0)
    .meta({
      description:
        'Absolute difference up to which numbers are the same; 0.0001 by default.',
    })
    .optional(),
});

const invariance = z.strictObject({
  name,
  dataset: z.string().min(1),
  change: z
    .strictObject({
      column: z.string().min(1),
      set: value.optional(),
      add: z.number().optional(),
      multiply: z.number().optional(),
    })
    .refine(
      ({ add, multiply, set }) =>
        [add, multiply, set].filter(each => each !== undefined).length === 1,
      { message: 'must have one of set, add and multiply' },
    ),
  output: z.string().min(1),
  expect: z
    .enum(['same', 'not-lower', 'not-higher'])
    .meta({
      description: 'What the answer must do when the column changes.',
    })
    .default('same'),
  tolerance: z.number().min(0).default(0),
  maxViolations: z
    .number()
    .min(0)
    .max(1)
    .meta({ description: 'Share of rows that may break it.' })
    .default(0),
});

const range = z
  .strictObject({
    name,
    dataset: z.string().min(1),
    output: z.string().min(1),
    min: z.number().optional(),
    max: z.number().optional(),
    maxViolations: z.number().min(0).max(1).default(0),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, {
    message: 'must have min, max or both',
  });

const comparison = z.strictObject({
  name,
  metric: z.string().min(1).meta({ description: 'Name of a metric.' }),
  notWorseBy: z
    .number()
    .min(0)
    .meta({
      description:
        'How much worse than the version in production the metric may be, at most, with the confidence below.',
      examples: [0.02],
    }),
  confidence: z.number().gt(0.5).lt(1).default(0.95),
  resamples: z.int().min(200).max(20_000).default(1_000),
  seed: z.int().min(0).default(1),
});

/**
 * `eval/suite.yaml` as it is run.
 * @public
 */
export const suiteSchema = z
  .strictObject({
    apiVersion: z.literal('ml.internal/v1alpha1'),
    kind: z.literal('EvaluationSuite'),
    datasets: z.array(dataset).max(50).default([]),
    metrics: z.array(metric).max(200).default([]),
    slices: z.array(slice).max(500).default([]),
    golden: z.array(golden).max(200).default([]),
    invariance: z.array(invariance).max(100).default([]),
    ranges: z.array(range).max(100).default([]),
    comparisons: z.array(comparison).max(50).default([]),
  })
  .superRefine((suite, context) => {
    const datasets = new Map(suite.datasets.map(each => [each.name, each]));
    const metrics = new Map(suite.metrics.map(each => [each.name, each]));
    const complain = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const [list, entries] of Object.entries(suite)) {
      if (!Array.isArray(entries)) continue;
      const seen = new Set<string>();
      entries.forEach((entry, index) => {
        if (seen.has(entry.name)) {
          complain([list, index, 'name'], `'${entry.name}' is there twice`);
        }
        seen.add(entry.name);
        if ('dataset' in entry && !datasets.has(entry.dataset)) {
          complain(
            [list, index, 'dataset'],
            `there is no data set '${entry.dataset}' in this suite`,
          );
        }
        const named = 'metric' in entry ? entry.metric : undefined;
        const found = named === undefined ? undefined : metrics.get(named);
        if (named !== undefined && !found) {
          complain(
            [list, index, 'metric'],
            `there is no metric '${named}' in this suite`,
          );
        }
        if (
          found &&
          ['command', 'latency', 'payload-size'].includes(found.type)
        ) {
          complain(
            [list, index, 'metric'],
            `'${named}' is a ${found.type}, which is measured for all rows only`,
          );
        }
      });
    }
    suite.metrics.forEach(({ dataset: named, type }, index) => {
      const found = datasets.get(named);
      if (!found || ['latency', 'payload-size'].includes(type)) return;
      if (!found.label) {
        complain(
          ['metrics', index, 'dataset'],
          `the data set '${named}' has no label, which ${type} needs`,
        );
      } else if (
        ['roc-auc', 'log-loss', 'calibration'].includes(type) &&
        !found.label.scores
      ) {
        complain(
          ['metrics', index, 'dataset'],
          `the label of the data set '${named}' names no scores, which ${type} needs`,
        );
      }
    });
  });

/** @public */
export type Suite = z.output<typeof suiteSchema>;
