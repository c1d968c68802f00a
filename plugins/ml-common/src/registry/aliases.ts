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
  /**
   * What a version needs before the alias may point at it: `live-in-staging`,
   * `metric:accuracy>=0.9`; `EvidenceKindInfo` tells which there are.
   */
  evidence: z.array(z.string().min(1).max(200)).max(20),
});

/** @public */
export type AliasPolicy = z.infer<typeof aliasPolicySchema>;

/**
 * A kind of evidence that a policy may ask for.
 * @public
 */
export interface EvidenceKindInfo {
  name: string;
  description: string;
  /** How it is written when something has to stand behind it. */
  example?: string;
}

/**
 * Whether a version has what a policy asks for.
 * @public
 */
export interface EvidenceFact {
  /** As written in the policy. */
  requirement: string;
  met: boolean;
  /** What is missing, in one sentence. */
  missing?: string;
}

/**
 * One change of the policy of an alias.
 * @public
 */
export interface AliasPolicyChange {
  /** Absent where none was set. */
  before?: AliasPolicy;
  after: AliasPolicy;
  at: string;
  by: string;
}

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
