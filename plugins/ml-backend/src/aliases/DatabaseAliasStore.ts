import type {
  Alias,
  AliasMove,
  AliasPolicy,
  AliasPolicyChange,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AliasKey, AliasStore } from './AliasStore';

interface AliasRow {
  model: string;
  name: string;
  version: string;
  moved_at: string;
  moved_by: string;
  reason: string | null;
}

interface MoveRow {
  sequence: number | string;
  model: string;
  name: string;
  from_version: string | null;
  to_version: string | null;
  at: string;
  by: string;
  reason: string | null;
}

interface PolicyRow {
  model: string;
  name: string;
  policy: string;
}

interface PolicyChangeRow {
  sequence: number | string;
  model: string;
  name: string;
  before: string | null;
  after: string;
  at: string;
  by: string;
}

export class DatabaseAliasStore implements AliasStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async list(model: string): Promise<Alias[]> {
    const [rows, policies] = await Promise.all([
      this.#knex<AliasRow>('ml_aliases').where({ model }).orderBy('name'),
      this.#knex<PolicyRow>('ml_alias_policies').where({ model }),
    ]);
    return rows.map(row =>
      toAlias(
        row,
        policies.find(policy => policy.name === row.name),
      ),
    );
  }

  async get(key: AliasKey, trx?: Knex.Transaction): Promise<Alias | undefined> {
    const connection = trx ?? this.#knex;
    const row = await connection<AliasRow>('ml_aliases').where(key).first();
    const policy = await connection<PolicyRow>('ml_alias_policies')
      .where(key)
      .first();
    return row && toAlias(row, policy);
  }

  async history(key: AliasKey): Promise<AliasMove[]> {
    const rows = await this.#knex<MoveRow>('ml_alias_moves')
      .where(key)
      .orderBy('sequence', 'desc');
    return rows.map(row => ({
      from: row.from_version ?? undefined,
      to: row.to_version ?? undefined,
      at: row.at,
      by: row.by,
      reason: row.reason ?? undefined,
    }));
  }

  async getPolicy(key: AliasKey): Promise<AliasPolicy | undefined> {
    const row = await this.#knex<PolicyRow>('ml_alias_policies')
      .where(key)
      .first();
    return row && JSON.parse(row.policy);
  }

  async setPolicy(
    trx: Knex.Transaction,
    key: AliasKey,
    { after, before, by }: Omit<AliasPolicyChange, 'at'>,
  ): Promise<void> {
    await trx<PolicyRow>('ml_alias_policies')
      .insert({ ...key, policy: JSON.stringify(after) })
      .onConflict(['model', 'name'])
      .merge();
    await trx('ml_alias_policy_changes').insert({
      ...key,
      before: before ? JSON.stringify(before) : null,
      after: JSON.stringify(after),
      at: new Date().toISOString(),
      by,
    });
  }

  async policyHistory(key: AliasKey): Promise<AliasPolicyChange[]> {
    const rows = await this.#knex<PolicyChangeRow>('ml_alias_policy_changes')
      .where(key)
      .orderBy('sequence', 'desc');
    return rows.map(({ after, at, before, by }) => ({
      ...(before && { before: JSON.parse(before) }),
      ...{ after: JSON.parse(after), at, by },
    }));
  }

  async move(
    trx: Knex.Transaction,
    key: AliasKey,
    move: { from?: string; to?: string; by: string; reason?: string },
  ): Promise<void> {
    const at = new Date().toISOString();
    const reason = move.reason ?? null;
    if (move.to) {
      await trx<AliasRow>('ml_aliases')
        .insert({
          ...key,
          version: move.to,
          moved_at: at,
          moved_by: move.by,
          reason,
        })
        .onConflict(['model', 'name'])
        .merge();
    } else {
      await trx<AliasRow>('ml_aliases').where(key).delete();
    }
    await trx('ml_alias_moves').insert({
      ...key,
      from_version: move.from ?? null,
      to_version: move.to ?? null,
      at,
      by: move.by,
      reason,
    });
  }
}

function toAlias(row: AliasRow, policy?: PolicyRow): Alias {
  return {
    model: row.model,
    name: row.name,
    version: row.version,
    movedAt: row.moved_at,
    movedBy: row.moved_by,
    reason: row.reason ?? undefined,
    ...(policy && { policy: JSON.parse(policy.policy) }),
  };
}
