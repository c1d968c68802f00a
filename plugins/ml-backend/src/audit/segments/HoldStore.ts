import { randomUUID } from 'node:crypto';
import type { AuditHold } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

interface HoldRow {
  id: string;
  reason: string;
  since: string | null;
  until: string | null;
  placed_at: string;
  placed_by: string;
  released_at: string | null;
  released_by: string | null;
}

/** Legal holds. */
export class HoldStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Newest first. */
  async list(): Promise<AuditHold[]> {
    const rows = await this.#knex<HoldRow>('ml_audit_holds').orderBy(
      'placed_at',
      'desc',
    );
    return rows.map(toHold);
  }

  async get(id: string): Promise<AuditHold | undefined> {
    const row = await this.#knex<HoldRow>('ml_audit_holds')
      .where({ id })
      .first();
    return row && toHold(row);
  }

  async create(
    hold: Pick<AuditHold, 'reason' | 'since' | 'until' | 'placedBy'>,
  ): Promise<AuditHold> {
    const row = {
      id: randomUUID(),
      reason: hold.reason,
      since: hold.since ?? null,
      until: hold.until ?? null,
      placed_at: new Date().toISOString(),
      placed_by: hold.placedBy,
    };
    await this.#knex('ml_audit_holds').insert(row);
    return toHold({ ...row, released_at: null, released_by: null });
  }

  /** False when it is released already. */
  async release(id: string, by: string): Promise<boolean> {
    const released = await this.#knex('ml_audit_holds')
      .where({ id })
      .whereNull('released_at')
      .update({ released_at: new Date().toISOString(), released_by: by });
    return released === 1;
  }
}

/** Whether a hold keeps the events of a month. */
export function holds(hold: AuditHold, month: string): boolean {
  return (
    hold.releasedAt === undefined &&
    (hold.since === undefined || hold.since <= month) &&
    (hold.until === undefined || month <= hold.until)
  );
}

function toHold(row: HoldRow): AuditHold {
  return {
    id: row.id,
    reason: row.reason,
    ...(row.since !== null && { since: row.since }),
    ...(row.until !== null && { until: row.until }),
    placedAt: row.placed_at,
    placedBy: row.placed_by,
    ...(row.released_at !== null && {
      releasedAt: row.released_at,
      releasedBy: row.released_by ?? undefined,
    }),
  };
}
