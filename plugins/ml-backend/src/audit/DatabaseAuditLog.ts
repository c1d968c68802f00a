import { randomUUID } from 'node:crypto';
import type { AuditEvent, Page } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import type {
  AuditEntry,
  AuditLog,
  AuditQuery,
  StoredAuditEvent,
} from './AuditLog';
import { entryBytes, sealEntry } from './entry';
import { type EventRow, toEvent } from './rows';

type Row = EventRow & { position: number | string | null };

export interface DatabaseAuditLogOptions {
  knex: Knex;
  /** Seals each entry; entries are not sealed without it. */
  sealKey?: Buffer;
  /** Told of each entry, before its transaction is committed. */
  onRecord?: () => void;
}

export class DatabaseAuditLog implements AuditLog {
  readonly #options: DatabaseAuditLogOptions;

  constructor(options: DatabaseAuditLogOptions) {
    this.#options = options;
  }

  async record(
    entry: AuditEntry,
    transaction?: Knex.Transaction,
  ): Promise<void> {
    const { knex, onRecord } = this.#options;
    if (transaction) await this.#insert(entry, transaction);
    else await knex.transaction(trx => this.#insert(entry, trx));
    onRecord?.();
  }

  async list(query: AuditQuery): Promise<Page<StoredAuditEvent>> {
    const rows = await this.#rows()
      .modify(builder => {
        const { action, actor, outcome, resource, since, until, without } =
          query;
        if (actor) builder.where('actor', actor);
        if (action) builder.where('action', action);
        if (without) builder.whereNotIn('action', without.split(','));
        if (resource) builder.where('resource', resource);
        if (outcome) builder.where('outcome', outcome);
        if (since) builder.where('at', '>=', since);
        if (until) builder.where('at', '<', until);
        if (query.cursor) {
          const before = Number(decodeCursor(query.cursor));
          builder.where('ml_audit_events.sequence', '<', before);
        }
      })
      .orderBy('ml_audit_events.sequence', 'desc')
      .limit(query.limit + 1);
    const items = rows.slice(0, query.limit).map(toStored);
    return {
      items,
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(String(items[items.length - 1].sequence)),
      }),
    };
  }

  async get(id: string): Promise<StoredAuditEvent | undefined> {
    const [row] = await this.#rows().where('id', id);
    return row && toStored(row);
  }

  #rows() {
    return this.#options
      .knex<Row>('ml_audit_events')
      .leftJoin(
        'ml_audit_leaves',
        'ml_audit_leaves.sequence',
        'ml_audit_events.sequence',
      )
      .select<Row[]>('ml_audit_events.*', 'ml_audit_leaves.position');
  }

  async #insert(entry: AuditEntry, trx: Knex.Transaction): Promise<void> {
    const { sealKey } = this.#options;
    const event: AuditEvent = {
      ...entry,
      id: randomUUID(),
      at: new Date().toISOString(),
      // As it will be read back: without what JSON cannot hold.
      details: JSON.parse(JSON.stringify(entry.details ?? {})),
    };
    const row = {
      id: event.id,
      at: event.at,
      actor: event.actor,
      action: event.action,
      resource: event.resource,
      outcome: event.outcome,
      details: JSON.stringify(event.details),
      request_id: event.requestId ?? null,
      seal: sealKey ? sealEntry(entryBytes(event), sealKey) : null,
    };
    if (trx.client.config.client === 'pg') {
      // One way there and back, which is what an entry costs beside the commit.
      await trx
        .with('written', trx('ml_audit_events').insert(row, ['sequence']))
        .into(trx.raw('?? (??)', ['ml_audit_pending', 'sequence']))
        .insert(trx.select('sequence').from('written'));
      return;
    }
    const [{ sequence }] = await trx<EventRow>('ml_audit_events').insert(row, [
      'sequence',
    ]);
    await trx('ml_audit_pending').insert({ sequence });
  }
}

function toStored(row: Row): StoredAuditEvent {
  return {
    ...toEvent(row),
    sequence: Number(row.sequence),
    position: row.position === null ? undefined : Number(row.position),
  };
}
