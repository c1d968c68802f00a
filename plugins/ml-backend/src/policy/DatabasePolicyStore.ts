import type { PolicySource } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { PolicyStore, StoredPolicyVersion } from './PolicyStore';

interface Row {
  version: number;
  at: string;
  source: PolicySource;
  values: string;
  approved: string;
  reason: string | null;
  requested_by: string | null;
  approved_by: string | null;
  approval: string | null;
}

export class DatabasePolicyStore implements PolicyStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async newest(
    trx?: Knex.Transaction,
  ): Promise<StoredPolicyVersion | undefined> {
    const row = await this.#rows(trx).orderBy('version', 'desc').first();
    return row && toVersion(row);
  }

  async get(
    version: number,
    trx?: Knex.Transaction,
  ): Promise<StoredPolicyVersion | undefined> {
    const row = await this.#rows(trx).where({ version }).first();
    return row && toVersion(row);
  }

  async list(query: {
    limit: number;
    before?: number;
  }): Promise<StoredPolicyVersion[]> {
    const { before, limit } = query;
    const rows = await this.#rows()
      .modify(builder => {
        if (before !== undefined) builder.where('version', '<', before);
      })
      .orderBy('version', 'desc')
      .limit(limit);
    return rows.map(toVersion);
  }

  async listUntil(to: string): Promise<StoredPolicyVersion[]> {
    const rows = await this.#rows().where('at', '<', to).orderBy('version');
    return rows.map(toVersion);
  }

  async append(
    trx: Knex.Transaction,
    version: StoredPolicyVersion,
  ): Promise<void> {
    await trx<Row>('ml_policy_versions').insert({
      version: version.version,
      at: version.at,
      source: version.source,
      values: JSON.stringify(version.values),
      approved: JSON.stringify(version.approved),
      reason: version.reason ?? null,
      requested_by: version.requestedBy ?? null,
      approved_by: version.approvedBy ?? null,
      approval: version.approval ?? null,
    });
  }

  #rows(trx?: Knex.Transaction) {
    return (trx ?? this.#knex)<Row>('ml_policy_versions');
  }
}

function toVersion(row: Row): StoredPolicyVersion {
  return {
    version: row.version,
    at: row.at,
    source: row.source,
    values: JSON.parse(row.values),
    approved: JSON.parse(row.approved),
    reason: row.reason ?? undefined,
    requestedBy: row.requested_by ?? undefined,
    approvedBy: row.approved_by ?? undefined,
    approval: row.approval ?? undefined,
  };
}
