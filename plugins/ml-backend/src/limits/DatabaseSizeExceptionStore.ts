import type { SizeException } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type {
  NewSizeException,
  SizeExceptionStore,
} from './SizeExceptionStore';

interface Row {
  id: string;
  model: string;
  /** PostgreSQL gives a bigint as text. */
  max_bytes: number | string;
  reason: string;
  requested_by: string;
  approved_by: string;
  approved_at: string;
  expires_at: string;
  revoked_by: string | null;
  revoked_at: string | null;
}

export class DatabaseSizeExceptionStore implements SizeExceptionStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(id: string): Promise<SizeException | undefined> {
    const row = await this.#knex<Row>('ml_size_exceptions')
      .where({ id })
      .first();
    return row && toException(row);
  }

  async list(model: string): Promise<SizeException[]> {
    const rows = await this.#knex<Row>('ml_size_exceptions')
      .where({ model })
      .orderBy([
        { column: 'approved_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]);
    return rows.map(toException);
  }

  async largestActive(model: string): Promise<number> {
    const [{ most }] = await this.#active(this.#knex)
      .where({ model })
      .max({ most: 'max_bytes' });
    return Number(most ?? 0);
  }

  async create(
    trx: Knex.Transaction,
    exception: NewSizeException,
  ): Promise<void> {
    await trx<Row>('ml_size_exceptions').insert({
      id: exception.id,
      model: exception.model,
      max_bytes: exception.maxBytes,
      reason: exception.reason,
      requested_by: exception.requestedBy,
      approved_by: exception.approvedBy,
      approved_at: exception.approvedAt,
      expires_at: exception.expiresAt,
      revoked_by: null,
      revoked_at: null,
    });
  }

  async revoke(
    trx: Knex.Transaction,
    id: string,
    by: string,
  ): Promise<boolean> {
    const revoked = await this.#active(trx)
      .where({ id })
      .update({ revoked_by: by, revoked_at: new Date().toISOString() });
    return Boolean(revoked);
  }

  #active(connection: Knex) {
    return connection<Row>('ml_size_exceptions')
      .whereNull('revoked_at')
      .where('expires_at', '>', new Date().toISOString());
  }
}

function toException(row: Row): SizeException {
  return {
    id: row.id,
    model: row.model,
    maxBytes: Number(row.max_bytes),
    reason: row.reason,
    requestedBy: row.requested_by,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    expiresAt: row.expires_at,
    state: stateOf(row),
    revokedBy: row.revoked_by ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}

function stateOf(row: Row): SizeException['state'] {
  if (row.revoked_at) return 'revoked';
  return row.expires_at > new Date().toISOString() ? 'active' : 'expired';
}
