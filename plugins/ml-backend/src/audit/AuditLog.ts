import type { AuditEvent, Page } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** What is to be recorded; id and time are added. */
export type AuditEntry = Omit<AuditEvent, 'id' | 'at' | 'details'> & {
  details?: Record<string, unknown>;
};

export interface AuditQuery {
  limit: number;
  cursor?: string;
  resource?: string;
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
  list(query: AuditQuery): Promise<Page<AuditEvent>>;
}
