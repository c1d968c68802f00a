import { randomUUID } from 'node:crypto';
import type {
  Approval,
  ApprovalKind,
  ApprovalState,
  Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import type { ApprovalStore, Decision, NewApproval } from './ApprovalStore';

interface Row {
  id: string;
  kind: ApprovalKind;
  model: string;
  subject_key: string;
  subject: string;
  reason: string;
  consequences: string;
  state: ApprovalState;
  open: number | null;
  requested_by: string;
  requested_at: string;
  expires_at: string;
  decided_by: string | null;
  decided_at: string | null;
  comment: string | null;
}

export class DatabaseApprovalStore implements ApprovalStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(id: string): Promise<Approval | undefined> {
    const row = await this.#knex<Row>('ml_approvals').where({ id }).first();
    return row && toApproval(row);
  }

  async findOpen(
    kind: ApprovalKind,
    subjectKey: string,
  ): Promise<Approval | undefined> {
    const row = await this.#knex<Row>('ml_approvals')
      .where({ kind, subject_key: subjectKey, open: 1 })
      .first();
    return row && toApproval(row);
  }

  async findLast(
    kind: ApprovalKind,
    subjectKey: string,
  ): Promise<Approval | undefined> {
    const row = await this.#knex<Row>('ml_approvals')
      .where({ kind, subject_key: subjectKey })
      .orderBy('requested_at', 'desc')
      .first();
    return row && toApproval(row);
  }

  async list(query: {
    state?: ApprovalState;
    models?: string[];
    limit: number;
    cursor?: string;
  }): Promise<Page<Approval>> {
    const now = new Date().toISOString();
    const rows = await this.#knex<Row>('ml_approvals')
      .modify(builder => {
        if (query.models) builder.whereIn('model', query.models);
        if (query.state === 'pending') {
          builder.where('state', 'pending').where('expires_at', '>', now);
        } else if (query.state === 'expired') {
          builder.where(nested =>
            nested
              .where('state', 'expired')
              .orWhere(late =>
                late.where('state', 'pending').where('expires_at', '<=', now),
              ),
          );
        } else if (query.state) {
          builder.where('state', query.state);
        }
        if (query.cursor) {
          const [at, id] = decodeCursor(query.cursor).split('|');
          builder.where(nested => {
            nested
              .where('requested_at', '<', at)
              .orWhere(same =>
                same.where('requested_at', at).where('id', '<', id),
              );
          });
        }
      })
      .orderBy([
        { column: 'requested_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = page[page.length - 1];
    return {
      items: page.map(toApproval),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(`${last.requested_at}|${last.id}`),
      }),
    };
  }

  async create(
    trx: Knex.Transaction,
    approval: NewApproval,
  ): Promise<Approval> {
    const row: Row = {
      id: randomUUID(),
      kind: approval.kind,
      model: approval.model,
      subject_key: approval.subjectKey,
      subject: JSON.stringify(approval.subject),
      reason: approval.reason,
      consequences: JSON.stringify(approval.consequences),
      state: 'pending',
      open: 1,
      requested_by: approval.requestedBy,
      requested_at: new Date().toISOString(),
      expires_at: approval.expiresAt.toISOString(),
      decided_by: null,
      decided_at: null,
      comment: null,
    };
    await trx('ml_approvals').insert(row);
    return toApproval(row);
  }

  async decide(
    trx: Knex.Transaction,
    id: string,
    decision: Decision,
  ): Promise<boolean> {
    const decided = await trx<Row>('ml_approvals')
      .where({ id, state: 'pending' })
      .update({
        state: decision.state,
        open: null,
        decided_by: decision.by,
        decided_at: new Date().toISOString(),
        comment: decision.comment ?? null,
      });
    return Boolean(decided);
  }
}

function toApproval(row: Row): Approval {
  const late =
    row.state === 'pending' && row.expires_at <= new Date().toISOString();
  return {
    id: row.id,
    kind: row.kind,
    model: row.model,
    subject: JSON.parse(row.subject),
    reason: row.reason,
    consequences: JSON.parse(row.consequences),
    state: late ? 'expired' : row.state,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    comment: row.comment ?? undefined,
  };
}
