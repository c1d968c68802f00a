import { z } from 'zod';
import { modelNameSchema } from '../package/names';

/**
 * An alias's name: neither a semantic version nor an API version, so that
 * `model@alias` is never unclear.
 * @public
 */
export const aliasNameSchema = modelNameSchema.refine(
  name => !/^\d+$/.test(name),
  'must not be a number, which is an API version',
);

/**
 * A name that points at a version of a model and can be moved.
 * @public
 */
export interface Alias {
  model: string;
  name: string;
  version: string;
  movedAt: string;
  movedBy: string;
  reason?: string;
  policy?: AliasPolicy;
}

/** @public */
export const aliasPolicySchema = z.strictObject({
  /** Entity references of users and groups that may move the alias; anybody who may register versions when empty. */
  movers: z.array(z.string()).max(50),
  /** What a version needs before the alias may point at it. */
  evidence: z.array(z.enum(['live-in-staging', 'live-in-production'])).max(10),
});

/** @public */
export type AliasPolicy = z.infer<typeof aliasPolicySchema>;

/**
 * One move of an alias.
 * @public
 */
export interface AliasMove {
  /** Absent for the first. */
  from?: string;
  /** Absent when the alias was removed. */
  to?: string;
  at: string;
  by: string;
  reason?: string;
}
