import type {
  Approval,
  ApprovalKind,
  ApprovalState,
  Page,
  ReviewVerdict,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

export interface NewApproval {
  kind: ApprovalKind;
  /** Absent for what is about the platform. */
  model?: string;
  /** For people, e.g. `Delete wine-classifier 1.0.0`. */
  summary: string;
  subject: Approval['subject'];
  /** Names the subject exactly; one request for it may be open at a time. */
  subjectKey: string;
  reason: string;
  consequences: string[];
  requestedBy: string;
  requestedFor?: string;
  expiresAt: Date;
}

/** How a request ends, or a permit begins. */
export interface Decision {
  /** The state that it must be in, so that nobody overwrites a decision. */
  from: ApprovalState;
  state: Exclude<ApprovalState, 'pending'>;
  by: string;
  comment?: string;
  /** Of a permit. */
  usableUntil?: Date;
  /** Why it could not wait for a second person. */
  brokenReason?: string;
}

export interface ApprovalQuery {
  state?: ApprovalState;
  models?: string[];
  /** Those that were done without a second person and wait for a review. */
  review?: 'open';
  limit: number;
  cursor?: string;
}

export interface ApprovalStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  get(id: string): Promise<Approval | undefined>;
  findOpen(
    kind: ApprovalKind,
    subjectKey: string,
  ): Promise<Approval | undefined>;
  /** The newest request for a subject, in whatever state. */
  findLast(
    kind: ApprovalKind,
    subjectKey: string,
    trx?: Knex.Transaction,
  ): Promise<Approval | undefined>;
  /** Newest first; expired ones are given as `expired`. */
  list(query: ApprovalQuery): Promise<Page<Approval>>;
  /** @throws an error that `isDatabaseConflictError` knows while one is open */
  create(trx: Knex.Transaction, approval: NewApproval): Promise<Approval>;
  /** False when the request is not in the state any more. */
  decide(
    trx: Knex.Transaction,
    id: string,
    decision: Decision,
  ): Promise<boolean>;
  /** Uses a permit up; false when it is used, over or denied. */
  use(trx: Knex.Transaction, id: string): Promise<boolean>;
  /** False when somebody reviewed it already. */
  review(
    trx: Knex.Transaction,
    id: string,
    review: { by: string; verdict: ReviewVerdict; comment?: string },
  ): Promise<boolean>;
}
