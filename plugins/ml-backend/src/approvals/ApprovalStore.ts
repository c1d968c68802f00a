import type {
  Approval,
  ApprovalKind,
  ApprovalState,
  Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

export interface NewApproval {
  kind: ApprovalKind;
  model: string;
  subject: Approval['subject'];
  /** Names the subject exactly; one request for it may be open at a time. */
  subjectKey: string;
  reason: string;
  consequences: string[];
  requestedBy: string;
  expiresAt: Date;
}

/** How a pending request ends. */
export interface Decision {
  state: Exclude<ApprovalState, 'pending'>;
  by: string;
  comment?: string;
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
  ): Promise<Approval | undefined>;
  /** Newest first; expired ones are given as `expired`. */
  list(query: {
    state?: ApprovalState;
    models?: string[];
    limit: number;
    cursor?: string;
  }): Promise<Page<Approval>>;
  /** @throws an error that `isDatabaseConflictError` knows while one is open */
  create(trx: Knex.Transaction, approval: NewApproval): Promise<Approval>;
  /** Ends a pending request; false when it is not pending any more. */
  decide(
    trx: Knex.Transaction,
    id: string,
    decision: Decision,
  ): Promise<boolean>;
}
