import { toCsv } from './toCsv';

/** What somebody can have had. @public */
export const ACCESS_KINDS = [
  'role',
  'grant',
  'service-account',
  'approval',
] as const;

/** @public */
export type AccessKind = (typeof ACCESS_KINDS)[number];

/** Something that somebody had within a period, and what it came from. @public */
export interface AccessEntry {
  kind: AccessKind;
  /** Who had it: a user, a group that nobody is in, or a service account. */
  subject: string;
  /** The role, the capabilities, or what was approved. */
  what: string;
  /** The models or the team that it was for; the platform otherwise. */
  scope: string;
  /** The group that had the role, where the subject had it as a member of it. */
  via?: string;
  /** ISO 8601. */
  from: string;
  /** Its end, or the one that is set; absent when it has none. */
  until?: string;
  state: string;
  /** Who gave it or asked for it; `configuration` where nobody did. */
  givenBy: string;
  /** The second person, where there was one. */
  approvedBy?: string;
  reason?: string;
  /**
   * Before the end of the period: of a role, when the subject did anything; of
   * an approval, when it was used.
   */
  lastUsedAt?: string;
  /** What to look it up by, e.g. `grant:…` or `policy:3`. */
  reference: string;
}

/** Who had which access in a period. @public */
export interface AccessReview {
  from: string;
  to: string;
  generatedAt: string;
  /** What a reader has to know of it. */
  notes: string[];
  items: AccessEntry[];
}

/** Columns of a review, for tables and files. @public */
export const ACCESS_COLUMNS = [
  'kind',
  'subject',
  'what',
  'scope',
  'via',
  'from',
  'until',
  'state',
  'givenBy',
  'approvedBy',
  'lastUsedAt',
  'reason',
  'reference',
] as const satisfies ReadonlyArray<keyof AccessEntry>;

/** A review as a file for spreadsheets. @public */
export function accessReviewCsv({ items }: AccessReview): string {
  return toCsv(
    ACCESS_COLUMNS,
    items.map(item => ACCESS_COLUMNS.map(column => item[column])),
  );
}
