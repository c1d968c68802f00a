import { z } from 'zod';

/**
 * What a check came to. `skipped` is said with its reason and never passes for
 * `passed`; `info` has no threshold.
 * @public
 */
export const CHECK_VERDICTS = ['passed', 'failed', 'skipped', 'info'] as const;

const threshold = z.object({
  min: z.number().optional(),
  max: z.number().optional(),
});

const interval = z.object({
  low: z.number(),
  high: z.number(),
  confidence: z.number(),
});

/** One check of a report. @public */
export const evaluationCheckSchema = z.object({
  kind: z.enum([
    'metric',
    'slice',
    'golden',
    'invariance',
    'range',
    'comparison',
  ]),
  name: z.string(),
  verdict: z.enum(CHECK_VERDICTS),
  message: z.string().meta({ description: 'One sentence for people.' }),
  dataset: z.string().optional(),
  metric: z.string().meta({ description: 'Type of the metric.' }).optional(),
  value: z.number().optional(),
  unit: z.string().optional(),
  rows: z.int().optional(),
  threshold: threshold.optional(),
  missedBy: z
    .number()
    .meta({ description: 'How far it is from its threshold.' })
    .optional(),
  baseline: z
    .number()
    .meta({ description: 'The same of the version in production.' })
    .optional(),
  interval: interval
    .meta({
      description: 'Of the value; of the difference, for a comparison.',
    })
    .optional(),
});

/**
 * One thing that a suite asks for, and how it went.
 * @public
 */
export type EvaluationCheck = z.output<typeof evaluationCheckSchema>;

/** Points of the plots of a report. @public */
export const evaluationPlotsSchema = z.object({
  dataset: z.string(),
  confusion: z
    .object({
      classes: z.array(z.string()),
      counts: z
        .array(z.array(z.int()))
        .meta({ description: 'Rows: right class; columns: told class.' }),
    })
    .optional(),
  roc: z
    .array(
      z.object({
        class: z.string(),
        auc: z.number(),
        points: z.array(z.tuple([z.number(), z.number()])),
      }),
    )
    .optional(),
  calibration: z
    .object({
      error: z.number(),
      bins: z.array(
        z.object({
          confidence: z.number(),
          accuracy: z.number(),
          rows: z.int(),
        }),
      ),
    })
    .optional(),
  scatter: z
    .object({ points: z.array(z.tuple([z.number(), z.number()])) })
    .meta({ description: 'Right value, told value; a sample of the rows.' })
    .optional(),
});

/** @public */
export type EvaluationPlots = z.output<typeof evaluationPlotsSchema>;

/**
 * The result of running a suite against a packaged model.
 * @public
 */
export const evaluationReportSchema = z
  .object({
    apiVersion: z.literal('ml.internal/v1alpha1'),
    kind: z.literal('EvaluationReport'),
    model: z.string(),
    version: z.string(),
    verdict: z.enum(['passed', 'failed']),
    summary: z.string(),
    suite: z.object({ path: z.string(), digest: z.string() }),
    baseline: z
      .object({ version: z.string() })
      .meta({
        description: 'The version in production that it was compared with.',
      })
      .optional(),
    startedAt: z.string(),
    finishedAt: z.string(),
    datasets: z.array(
      z.object({
        name: z.string(),
        path: z.string(),
        digest: z.string(),
        rows: z.int(),
      }),
    ),
    checks: z.array(evaluationCheckSchema),
    plots: z.array(evaluationPlotsSchema),
  })
  .meta({ title: 'Evaluation report' });

/** @public */
export type EvaluationReport = z.output<typeof evaluationReportSchema>;
