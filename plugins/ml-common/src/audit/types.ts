/** How what an audit event tells of came out. @public */
export const AUDIT_OUTCOMES = [
  'intended',
  'succeeded',
  'failed',
  'denied',
] as const;

/** @public */
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * Who did what, when, to what, and how it came out. Never personal data.
 * @public
 */
export interface AuditEvent {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  /** Entity reference of a user, or a service's subject. */
  actor: string;
  action: string;
  resource: string;
  outcome: AuditOutcome;
  details: Record<string, unknown>;
  requestId?: string;
}

/** @public */
export interface AuditFilter {
  actor?: string;
  action?: string;
  /** Leaves out events of these actions, separated by commas. */
  without?: string;
  resource?: string;
  outcome?: AuditOutcome;
  /** From this time on, ISO 8601. */
  since?: string;
  /** Before this time, ISO 8601. */
  until?: string;
}

/** An event, and where it stands in the log. @public */
export interface ListedAuditEvent extends AuditEvent {
  /** Place in the tree, from 0; absent for the second that it takes to get there. */
  position?: number;
}

/** One thing wrong with the log. @public */
export interface AuditFinding {
  kind:
    | 'changed'
    | 'missing'
    | 'unrecorded'
    | 'forged'
    | 'tree'
    | 'rewritten'
    | 'cut'
    | 'checkpoint'
    | 'segment'
    | 'clock';
  /** Place of the first entry that it concerns, from 0; for a log that was cut, where it ends now. */
  position?: number;
  /** Id of that entry, where it is known. */
  event?: string;
  message: string;
}

/** What a check of the whole log found. @public */
export interface AuditVerification {
  at: string;
  /** Entries that were checked. */
  entries: number;
  /** Those of them whose events were disposed of, as two people wanted. */
  disposed?: number;
  /** Checkpoints that were compared. */
  checkpoints: number;
  durationMs: number;
  /** Empty when all is well; the first bad entry comes first. */
  findings: AuditFinding[];
}

/** What an alert about the log is of. @public */
export type AuditAlertKind =
  | 'tampered'
  | 'head-moved-back'
  | 'gap'
  | 'clock'
  | 'missing-outcome';

/** Something about the log that somebody has to look at. @public */
export interface AuditAlert {
  id: string;
  kind: AuditAlertKind;
  /** One sentence for people. */
  message: string;
  /** Id of the audit event that it is about. */
  event?: string;
  raisedAt: string;
  closedAt?: string;
  closedBy?: string;
  /** What was found to be the reason. */
  comment?: string;
}

/**
 * A month of the log. `open` until it is over; `sealed` for its time;
 * `held` when only a legal hold keeps it; `due` when its events may go;
 * `disposed` when they are gone, and only their hashes are there.
 * @public
 */
export interface AuditSegment {
  /** e.g. `2026-11`. */
  month: string;
  /** Place of the first entry. */
  start: number;
  /** Place after the last one. */
  end: number;
  state: 'open' | 'sealed' | 'held' | 'due' | 'disposed';
  /** SHA-256 over the hashes of its leaves, hex. */
  digest?: string;
  sealedAt?: string;
  /** Its events are kept until then, ISO 8601. */
  keptUntil: string;
  /** Signed statement of which entries it holds. */
  note?: string;
  disposedAt?: string;
  /** Signed statement that its events were removed, and by whose approval. */
  disposalNote?: string;
  /** Ids of the legal holds on it. */
  holds: string[];
}

/** Nothing in these months is disposed of. @public */
export interface AuditHold {
  id: string;
  reason: string;
  /** First month; from the beginning when absent. */
  since?: string;
  /** Last month; without an end when absent. */
  until?: string;
  placedAt: string;
  placedBy: string;
  releasedAt?: string;
  /** Who approved of the release. */
  releasedBy?: string;
}

/** A place outside the database that checkpoints are kept in. @public */
export interface AuditAnchor {
  name: string;
  kind: 'file' | 's3' | 'witness';
  /** Size of the newest checkpoint there; absent before the first. */
  size?: number;
  at?: string;
  /** Why nothing can be written there, if so. */
  problem?: string;
}

/** @public */
export interface AuditStatus {
  /**
   * `unsigned` without a signing key, `unanchored` without a place outside the
   * database, `broken` when a check found something or a checkpoint contradicts
   * the log, `late` when a checkpoint is overdue, `alert` when somebody has to
   * look at something else.
   */
  health: 'ok' | 'unsigned' | 'unanchored' | 'late' | 'alert' | 'broken';
  /** One sentence for people. */
  message: string;
  /** Entries in the tree. */
  size: number;
  /** Entries that wait for their place in the tree. */
  pending: number;
  /** Entries that are not taken into it, because the platform did not write them. */
  refused: number;
  checkpoint?: { size: number; at: string };
  /** Public key that checkpoints are signed with, as C2SP writes it. */
  verifierKey?: string;
  anchors: AuditAnchor[];
  verification?: AuditVerification;
  /** Those that are open, newest first. */
  alerts: AuditAlert[];
}
