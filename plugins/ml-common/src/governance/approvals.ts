/**
 * Names what is asked for, such as `version.delete`. Open: each part of the
 * platform that needs a second person registers the kinds that it asks for.
 * @public
 */
export type ApprovalKind = string;

/** @public */
export type ApprovalState =
  | 'pending'
  | 'approved'
  | 'denied'
  | 'withdrawn'
  | 'expired'
  | 'used';

/** @public */
export const APPROVAL_DECISIONS = ['approve', 'deny', 'withdraw'] as const;

/** @public */
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

/** What a second person says of something that was done without one. @public */
export const REVIEW_VERDICTS = ['justified', 'unjustified'] as const;

/** @public */
export type ReviewVerdict = (typeof REVIEW_VERDICTS)[number];

/**
 * How a kind of request is decided on; one row of the table of kinds.
 * @public
 */
export interface ApprovalKindInfo {
  kind: ApprovalKind;
  /** For people, e.g. "Delete a version". */
  title: string;
  /** The permission that it takes to decide. */
  permission: string;
  /** Whether that permission is decided by model. */
  perModel: boolean;
  /**
   * `act`: an approval does it, at once. `permit`: who asked does it
   * afterwards, once, within the time given.
   */
  effect: 'act' | 'permit';
  /** How long an approval that permits may be used. */
  usableForSeconds?: number;
  /** Whether a platform admin may do without the second person in an emergency. */
  breakGlass: boolean;
}

/**
 * What was done without a second person, and what a second person said of it
 * afterwards.
 * @public
 */
export interface BreakGlass {
  by: string;
  at: string;
  reason: string;
  /** Absent while the review is open. */
  review?: {
    by: string;
    at: string;
    verdict: ReviewVerdict;
    comment?: string;
  };
}

/**
 * What needs a second person: never decided by the one who asked, and good for
 * exactly the subject it was asked for.
 * @public
 */
export interface Approval {
  id: string;
  kind: ApprovalKind;
  /** Absent when it is about the platform. */
  model?: string;
  /** For people, e.g. `Delete wine-classifier 1.0.0`. */
  summary: string;
  /** The exact subject, e.g. `{ "version": "1.0.0", "digest": "sha256:…" }`. */
  subject: Record<string, string | number>;
  reason: string;
  state: ApprovalState;
  requestedBy: string;
  /** The person who owns the service account that asked. */
  requestedFor?: string;
  requestedAt: string;
  /** Until when it can be decided on. */
  expiresAt: string;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
  /** Until when an approval that permits something can be used. */
  usableUntil?: string;
  usedAt?: string;
  breakGlass?: BreakGlass;
  /** What it does when approved, in sentences for people. */
  consequences: string[];
}
