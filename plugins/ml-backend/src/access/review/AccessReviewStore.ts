import type { AccessEntry, AccessReview } from '@ml-platform/plugin-ml-common';

/** From one moment to another, ISO 8601; the end is not part of it. */
export type Period = Pick<AccessReview, 'from' | 'to'>;

/** What was given to somebody, read for a review. */
export interface AccessReviewStore {
  /** Grants that were good at some time of the period. */
  listGrants(period: Period): Promise<AccessEntry[]>;
  /** Service accounts that were there at some time of the period. */
  listAccounts(period: Period): Promise<AccessEntry[]>;
  /** Approvals that were asked for, open, decided or used in the period. */
  listApprovals(period: Period): Promise<AccessEntry[]>;
  /** When somebody did something for the last time, by actor, before the end of the period. */
  lastActs(period: Period): Promise<Map<string, string>>;
}
