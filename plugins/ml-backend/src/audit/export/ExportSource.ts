import type { Knex } from 'knex';
import { entryBytes } from '../entry';
import { type EventRow, toEvent } from '../rows';
import { SegmentStore } from '../segments/SegmentStore';
import { DatabaseTree } from '../tree/DatabaseTree';
import type { NodeSource } from '../tree/MerkleTree';

/** What stands at a place of the log: its entry, or the hash of one that was disposed of. */
export type ExportedLeaf =
  | { position: number; entry: Buffer }
  | { position: number; hash: Buffer };

/** Where an export comes from. */
export interface ExportSource extends NodeSource {
  /** Places from the first number up to, not including, the second, in order. */
  getLeaves(from: number, to: number): Promise<ExportedLeaf[]>;
  /** Signed statements of what was disposed of in these places. */
  getDisposals(from: number, to: number): Promise<string[]>;
}

type Row = Omit<EventRow, 'id'> & {
  id: string | null;
  position: number | string;
  hash: string;
};

export class DatabaseExportSource extends DatabaseTree implements ExportSource {
  readonly #knex: Knex;

  constructor(knex: Knex) {
    super(knex);
    this.#knex = knex;
  }

  async getLeaves(from: number, to: number): Promise<ExportedLeaf[]> {
    const rows = await this.#knex('ml_audit_leaves')
      .leftJoin(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_leaves.sequence',
      )
      .where('position', '>=', from)
      .where('position', '<', to)
      .orderBy('position')
      .select<Row[]>('ml_audit_events.*', 'position', 'hash');
    return rows.map(row => {
      const position = Number(row.position);
      return row.id === null
        ? { position, hash: Buffer.from(row.hash, 'hex') }
        : { position, entry: entryBytes(toEvent(row as EventRow)) };
    });
  }

  async getDisposals(from: number, to: number): Promise<string[]> {
    const segments = await new SegmentStore(this.#knex).list();
    return segments.flatMap(({ disposalNote, end, start }) =>
      disposalNote && start < to && end > from ? [disposalNote] : [],
    );
  }
}
