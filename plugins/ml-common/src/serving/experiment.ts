import { z } from 'zod';
import { apiVersionOf, versionSchema } from '../package/names';

const shortNameSchema = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/,
    'write lower-case letters, digits and dashes, 40 at most',
  );

/**
 * One side of an experiment.
 * @public
 */
export const experimentArmSchema = z.strictObject({
  name: shortNameSchema,
  version: versionSchema,
  /** Relative weight; the share is the weight over the sum of weights. */
  weight: z.number().min(0).max(1_000_000),
  /** Values of the sticky header that always get this arm. */
  values: z.array(z.string().min(1).max(256)).max(1_000).optional(),
});

/** @public */
export type ExperimentArm = z.infer<typeof experimentArmSchema>;

/** Names of an experiment. @public */
export const experimentNameSchema = shortNameSchema;

/** The arms of an experiment. @public */
export const experimentArmsSchema = z
  .array(experimentArmSchema)
  .min(2)
  .max(20)
  .refine(
    arms => arms.some(({ weight }) => weight > 0),
    'at least one weight must be above 0',
  )
  .refine(
    arms => new Set(arms.map(({ name }) => name)).size === arms.length,
    'two arms have the same name',
  )
  .refine(
    arms =>
      new Set(arms.map(({ version }) => apiVersionOf(version))).size === 1,
    'all arms must be of the same API version (semver major), so that any of them can answer any caller',
  )
  .refine(arms => {
    const values = arms.flatMap(arm => arm.values ?? []);
    return new Set(values).size === values.length;
  }, 'a value of the sticky header is given to two arms');

/** Header whose value decides the arm, in lower case. @public */
export const stickyHeaderSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'write a header name in lower case');

/**
 * An experiment as the data plane carries it out: a stable split of a model's
 * callers among versions, each counted by itself.
 * @public
 */
export const experimentSpecSchema = z
  .strictObject({
    id: z.string().min(1).max(100),
    /** Decides, with arm and key, who gets which arm: the same name assigns the same way again. */
    name: experimentNameSchema,
    /** Counts up with each change; an older one than the accepted is refused. */
    revision: z.int().min(1),
    arms: experimentArmsSchema,
    /** Without one, each request is assigned by itself. */
    stickyHeader: stickyHeaderSchema.optional(),
    /** Whether callers may choose with the header `x-ml-arm`. */
    forcible: z.boolean(),
  })
  .refine(
    ({ arms, stickyHeader }) =>
      stickyHeader !== undefined || !arms.some(({ values }) => values?.length),
    'values of arms need a sticky header',
  );

/** @public */
export type ExperimentSpec = z.infer<typeof experimentSpecSchema>;

/** What was counted of one arm. @public */
export interface ExperimentCounts {
  /** Requests that were assigned to it. */
  requests: number;
  /** Those of them that failed with a status of 500 or above. */
  errors: number;
  /** Requests that asked for it by `x-ml-arm`; not among the requests. */
  forced: number;
  /** Of the requests that were answered; absent before the first. */
  latencyMs?: { p50: number; p90: number; p99: number };
}

/** @public */
export interface ExperimentStatus extends ExperimentSpec {
  /** By name of the arm. */
  counts: Record<string, ExperimentCounts>;
  /** Requests without the sticky header: they follow the live split. */
  outside: number;
}

/** Share of an arm, between 0 and 1. @public */
export function experimentShare(
  { arms }: Pick<ExperimentSpec, 'arms'>,
  { weight }: Pick<ExperimentArm, 'weight'>,
): number {
  return weight / arms.reduce((sum, arm) => sum + arm.weight, 0);
}
