import { z } from 'zod';

/** @public */
export const COLUMN_TYPES = [
  'integer',
  'number',
  'boolean',
  'string',
  'datetime',
] as const;

/** @public */
export type ColumnType = (typeof COLUMN_TYPES)[number];

const driftSchema = z.strictObject({
  psi: z
    .number()
    .gt(0)
    .meta({
      description:
        'Population stability index from which a column has drifted.',
    })
    .default(0.25),
  ks: z
    .number()
    .gt(0)
    .max(1)
    .meta({
      description:
        'Kolmogorov-Smirnov distance from which a numeric column has drifted, when it is significant, too.',
    })
    .default(0.1),
  significance: z
    .number()
    .gt(0)
    .lt(1)
    .meta({ description: 'Of the Kolmogorov-Smirnov test.' })
    .default(0.01),
});

/** When a column has drifted from its reference. */
export type DriftThresholds = z.output<typeof driftSchema>;

const columnSchema = z
  .strictObject({
    name: z.string().min(1),
    type: z.enum(COLUMN_TYPES),
    optional: z
      .boolean()
      .meta({ description: 'Whether the column may be absent.' })
      .default(false),
    maxMissing: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'Share of rows that may have no value.' })
      .default(0),
    min: z.number().optional(),
    max: z.number().optional(),
    allowed: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .max(10_000)
      .meta({ description: 'All values that there are.' })
      .optional(),
    unique: z
      .boolean()
      .meta({ description: 'Whether no value may occur twice.' })
      .default(false),
    maxLength: z.int().min(1).optional(),
    drift: z
      .union([z.literal(false), driftSchema])
      .meta({ description: 'Other thresholds than the general ones, or none.' })
      .optional(),
  })
  .refine(
    ({ max, min, type }) =>
      (min === undefined && max === undefined) ||
      type === 'integer' ||
      type === 'number',
    { message: 'has min or max, which are for integers and numbers' },
  );

/** @public */
export const dataSchemaSchema = z
  .strictObject({
    apiVersion: z.literal('ml.internal/v1alpha1'),
    kind: z.literal('DataSchema'),
    rows: z
      .strictObject({
        min: z.int().min(0).optional(),
        max: z.int().min(0).optional(),
      })
      .optional(),
    otherColumns: z
      .enum(['refuse', 'allow'])
      .meta({ description: 'What columns are that the schema does not name.' })
      .default('refuse'),
    columns: z.array(columnSchema).min(1).max(5_000),
    drift: driftSchema.prefault({}),
  })
  .superRefine(({ columns }, context) => {
    const seen = new Set<string>();
    columns.forEach(({ name }, index) => {
      if (seen.has(name)) {
        context.addIssue({
          code: 'custom',
          path: ['columns', index, 'name'],
          message: `'${name}' is there twice`,
        });
      }
      seen.add(name);
    });
  })
  .meta({ title: 'Schema of a data file' });

/** @public */
export type DataSchema = z.output<typeof dataSchemaSchema>;

/** @public */
export type ColumnSchema = DataSchema['columns'][number];
