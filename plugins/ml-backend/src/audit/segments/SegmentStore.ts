import type { Knex } from 'knex';
import type { SegmentRange } from './segmentNotes';

export interface StoredSegment extends SegmentRange {
  sealedAt: string;
  note: string;
  disposedAt?: string;
  disposalNote?: string;
}

interface SegmentRow {
  month: string;
  start_position: number | string;
  end_position: number | string;
  digest: string;
  sealed_at: string;
  note: string;
  disposed_at: string | null;
  disposal_note: string | null;
}

/** The months of the log that are over. */
export class SegmentStore {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  /** Oldest first. */
  async list(): Promise<StoredSegment[]> {
    const rows = await this.#knex<SegmentRow>('ml_audit_segments').orderBy(
      'start_position',
    );
    return rows.map(toSegment);
  }

  async get(month: string): Promise<StoredSegment | undefined> {
    const row = await this.#knex<SegmentRow>('ml_audit_segments')
      .where({ month })
      .first();
    return row && toSegment(row);
  }

  /** False when it is there already. */
  async create(segment: StoredSegment): Promise<boolean> {
    const rows = await this.#knex('ml_audit_segments')
      .insert({
        month: segment.month,
        start_position: segment.start,
        end_position: segment.end,
        digest: segment.digest.toString('hex'),
        sealed_at: segment.sealedAt,
        note: segment.note,
      })
      .onConflict('month')
      .ignore()
      .returning('month');
    return rows.length === 1;
  }

  /** Removes its events; their leaves stay. Within a transaction. */
  async dispose(
    { end, month, start }: SegmentRange,
    disposalNote: string,
  ): Promise<void> {
    await this.#knex('ml_audit_segments').where({ month }).update({
      disposed_at: new Date().toISOString(),
      disposal_note: disposalNote,
    });
    await this.#knex('ml_audit_events')
      .whereIn(
        'sequence',
        this.#knex('ml_audit_leaves')
          .where('position', '>=', start)
          .where('position', '<', end)
          .select('sequence'),
      )
      .delete();
  }
}

function toSegment(row: SegmentRow): StoredSegment {
  return {
    month: row.month,
    start: Number(row.start_position),
    end: Number(row.end_position),
    digest: Buffer.from(row.digest, 'hex'),
    sealedAt: row.sealed_at,
    note: row.note,
    disposedAt: row.disposed_at ?? undefined,
    disposalNote: row.disposal_note ?? undefined,
  };
}
