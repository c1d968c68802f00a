import { randomUUID } from 'node:crypto';
import type { AuditEvent, Page } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import type { AuditEntry, AuditLog, AuditQuery } from './AuditLog';

interface Row {
  sequence: number | string;
  id: string;
  at: string;
  actor: string;
  action: string;
  resource: string;
  outcome: AuditEvent['outcome'];
  details: string;
  request_id: string | null;
}

export class DatabaseAuditLog implements AuditLog {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  async record(
    entry: AuditEntry,
    transaction?: Knex.Transaction,
  ): Promise<void> {
    await (transaction ?? this.#knex)('ml_audit_events').insert({
      id: randomUUID(),
      at: new Date().toISOString(),
      actor: entry.actor,
      action: entry.action,
      resource: entry.resource,
      outcome: entry.outcome,
      details: JSON.stringify(entry.details ?? {}),
      request_id: entry.requestId ?? null,
    });
  }

  async list(query: AuditQuery): Promise<Page<AuditEvent>> {
    const rows: Row[] = await this.#knex<Row>('ml_audit_events')
      .modify(builder => {
        if (query.resource) builder.where('resource', query.resource);
        if (query.cursor) {
          builder.where('sequence', '<', Number(decodeCursor(query.cursor)));
        }
      })
      .orderBy('sequence', 'desc')
      .limit(query.limit + 1);
    const items = rows.slice(0, query.limit);
    return {
      items: items.map(row => ({
        id: row.id,
        at: row.at,
        actor: row.actor,
        action: row.action,
        resource: row.resource,
        outcome: row.outcome,
        details: JSON.parse(row.details),
        requestId: row.request_id ?? undefined,
      })),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(String(items[items.length - 1].sequence)),
      }),
    };
  }
}
