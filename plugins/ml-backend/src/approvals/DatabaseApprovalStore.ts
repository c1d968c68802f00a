import { randomUUID } from 'node:crypto';
import type {
  Approval,
  ApprovalKind,
  ApprovalState,
  BreakGlass,
  Page,
  ReviewVerdict,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import type {
  ApprovalQuery,
  ApprovalStore,
  Decision,
  NewApproval,
} from './ApprovalStore';

interface Row {
  id: string;
  kind: ApprovalKind;
  model: string | null;
  summary: string | null;
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
  requested_for: string | null;
  usable_until: string | null;
  used_at: string | null;
  broken_by: string | null;
  broken_at: string | null;
  broken_reason: string | null;
  reviewed_by: string | null;
  reviewed_at: string | null;
  review_verdict: ReviewVerdict | null;
  review_comment: string | null;
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
    trx?: Knex.Transaction,
  ): Promise<Approval | undefined> {
    const row = await (trx ?? this.#knex)<Row>('ml_approvals')
      .where({ kind, subject_key: subjectKey })
      .orderBy('requested_at', 'desc')
      .first();
    return row && toApproval(row);
  }

  async list(query: ApprovalQuery): Promise<Page<Approval>> {
    const now = new Date().toISOString();
    const rows = await this.#knex<Row>('ml_approvals')
      .modify(builder => {
        if (query.models) builder.whereIn('model', query.models);
        if (query.review) {
          builder.whereNotNull('broken_at').whereNull('reviewed_at');
        }
        if (query.state === 'pending') {
          builder.where('state', 'pending').where('expires_at', '>', now);
        } else if (query.state === 'approved') {
          builder.where('state', 'approved').where('usable_until', '>', now);
        } else if (query.state === 'expired') {
          builder.where(nested =>
            nested
              .where('state', 'expired')
              .orWhere(late =>
                late.where('state', 'pending').where('expires_at', '<=', now),
              )
              .orWhere(unused =>
                unused
                  .where('state', 'approved')
                  .where('usable_until', '<=', now),
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
      model: approval.model ?? null,
      summary: approval.summary,
      subject_key: approval.subjectKey,
      subject: JSON.stringify(approval.subject),
      reason: approval.reason,
      consequences: JSON.stringify(approval.consequences),
      state: 'pending',
      open: 1,
      requested_by: approval.requestedBy,
      requested_for: approval.requestedFor ?? null,
      requested_at: new Date().toISOString(),
      expires_at: approval.expiresAt.toISOString(),
      decided_by: null,
      decided_at: null,
      comment: null,
      usable_until: null,
      used_at: null,
      broken_by: null,
      broken_at: null,
      broken_reason: null,
      reviewed_by: null,
      reviewed_at: null,
      review_verdict: null,
      review_comment: null,
    };
    await trx('ml_approvals').insert(row);
    return toApproval(row);
  }

  async decide(
    trx: Knex.Transaction,
    id: string,
    decision: Decision,
  ): Promise<boolean> {
    const now = new Date().toISOString();
    const { by, brokenReason, comment, from, state, usableUntil } = decision;
    const decided = await trx<Row>('ml_approvals')
      .where({ id, state: from })
      .update({
        state,
        open: null,
        decided_by: by,
        decided_at: now,
        comment: comment ?? null,
        usable_until: usableUntil?.toISOString() ?? null,
        used_at: state === 'used' ? now : null,
        ...(brokenReason !== undefined && {
          broken_by: by,
          broken_at: now,
          broken_reason: brokenReason,
        }),
      });
    return Boolean(decided);
  }

  async use(trx: Knex.Transaction, id: string): Promise<boolean> {
    const now = new Date().toISOString();
    const used = await trx<Row>('ml_approvals')
      .where({ id, state: 'approved' })
      .where('usable_until', '>', now)
      .update({ state: 'used', used_at: now });
    return Boolean(used);
  }

  async review(
    trx: Knex.Transaction,
    id: string,
    review: { by: string; verdict: ReviewVerdict; comment?: string },
  ): Promise<boolean> {
    const reviewed = await trx<Row>('ml_approvals')
      .where({ id })
      .whereNotNull('broken_at')
      .whereNull('reviewed_at')
      .update({
        reviewed_by: review.by,
        reviewed_at: new Date().toISOString(),
        review_verdict: review.verdict,
        review_comment: review.comment ?? null,
      });
    return Boolean(reviewed);
  }
}

function toApproval(row: Row): Approval {
  const now = new Date().toISOString();
  const late =
    (row.state === 'pending' && row.expires_at <= now) ||
    (row.state === 'approved' && (row.usable_until ?? '') <= now);
  const model = row.model ?? undefined;
  return {
    id: row.id,
    kind: row.kind,
    model,
    summary: row.summary ?? [row.kind, model].filter(Boolean).join(' '),
    subject: JSON.parse(row.subject),
    reason: row.reason,
    consequences: JSON.parse(row.consequences),
    state: late ? 'expired' : row.state,
    requestedBy: row.requested_by,
    requestedFor: row.requested_for ?? undefined,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    comment: row.comment ?? undefined,
    usableUntil: row.usable_until ?? undefined,
    usedAt: row.used_at ?? undefined,
    breakGlass: toBreakGlass(row),
  };
}

function toBreakGlass(row: Row): BreakGlass | undefined {
  if (!row.broken_by || !row.broken_at) return undefined;
  return {
    by: row.broken_by,
    at: row.broken_at,
    reason: row.broken_reason ?? '',
    ...(row.reviewed_by &&
      row.reviewed_at &&
      row.review_verdict && {
        review: {
          by: row.reviewed_by,
          at: row.reviewed_at,
          verdict: row.review_verdict,
          comment: row.review_comment ?? undefined,
        },
      }),
  };
}
