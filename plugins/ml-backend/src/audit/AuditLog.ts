import type {
  AuditEvent,
  AuditFilter,
  Page,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** What is to be recorded; id and time are added. */
export type AuditEntry = Omit<AuditEvent, 'id' | 'at' | 'details'> & {
  details?: Record<string, unknown>;
};

export interface AuditQuery extends AuditFilter {
  limit: number;
  cursor?: string;
}

/** An event, and where it stands in the tree once it is there. */
export interface StoredAuditEvent extends AuditEvent {
  /** Order of writing. */
  sequence: number;
  position?: number;
}

/**
 * Append-only record of who did what, when, with which outcome.
 */
export interface AuditLog {
  /**
   * Appends an entry. Given the transaction of the change that it records, the
   * two are committed together or not at all.
   */
  record(entry: AuditEntry, transaction?: Knex.Transaction): Promise<void>;

  /** Newest first. */
  list(query: AuditQuery): Promise<Page<StoredAuditEvent>>;

  get(id: string): Promise<StoredAuditEvent | undefined>;
}
