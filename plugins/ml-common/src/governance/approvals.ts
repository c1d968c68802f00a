/** @public */
export const APPROVAL_KINDS = [
  'version.delete',
  'artifact.limit',
  'retention.delete',
] as const;

/** @public */
export type ApprovalKind = (typeof APPROVAL_KINDS)[number];

/** @public */
export type ApprovalState =
  | 'pending'
  | 'approved'
  | 'denied'
  | 'withdrawn'
  | 'expired'
  | 'used';

/**
 * What needs a second person: never decided by the one who asked, and good for
 * exactly the subject it was asked for.
 * @public
 */
export interface Approval {
  id: string;
  kind: ApprovalKind;
  model: string;
  /** The exact subject, e.g. `{ "version": "1.0.0", "digest": "sha256:…" }`. */
  subject: Record<string, string | number>;
  reason: string;
  state: ApprovalState;
  requestedBy: string;
  requestedAt: string;
  expiresAt: string;
  decidedBy?: string;
  decidedAt?: string;
  comment?: string;
  /** What it does when approved, in sentences for people. */
  consequences: string[];
}
