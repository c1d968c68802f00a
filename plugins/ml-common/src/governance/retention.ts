import { z } from 'zod';
import { versionSchema } from '../package/names';

/** @public */
export const retentionRuleSchema = z.strictObject({
  /** So many of those registered last stay. */
  keepNewest: z.number().int().min(1).max(10_000),
  /** Those registered in so many days stay, too. */
  keepDays: z.number().int().min(1).max(36_500).optional(),
  /** Stay whatever their age. */
  protected: z.array(versionSchema).max(500).default([]),
});

/**
 * Which versions of a model stay. What is in use stays in any case.
 * @public
 */
export type RetentionRule = z.infer<typeof retentionRuleSchema>;

/** @public */
export interface StoredRetentionRule extends RetentionRule {
  model: string;
  setAt: string;
  setBy: string;
}

/** @public */
export interface RetentionSubject {
  version: string;
  createdAt: string;
  sizeBytes: number;
}

/**
 * What a rule would do now.
 * @public
 */
export interface RetentionPreview {
  model: string;
  rule: RetentionRule;
  /** Oldest first. */
  remove: RetentionSubject[];
  /** Of those in `remove`, as far as no other version has the same bytes. */
  removeBytes: number;
  /** Newest first, with every reason. */
  keep: Array<RetentionSubject & { reasons: string[] }>;
  /** Whether more would go than one request takes; the next one takes the rest. */
  truncated: boolean;
}
