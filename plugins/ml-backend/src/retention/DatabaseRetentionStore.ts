import type {
  RetentionRule,
  StoredRetentionRule,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { versionKey } from '../lineage/edges';
import type { Candidate, RetentionStore } from './RetentionStore';

// Databases take so many values in one query, and more.
const BATCH = 500;

interface RuleRow {
  model: string;
  rule: string;
  set_at: string;
  set_by: string;
}

export class DatabaseRetentionStore implements RetentionStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(
    model: string,
    trx?: Knex.Transaction,
  ): Promise<StoredRetentionRule | undefined> {
    const row = await (trx ?? this.#knex)<RuleRow>('ml_retention_rules')
      .where({ model })
      .first();
    return row && toRule(row);
  }

  async list(): Promise<StoredRetentionRule[]> {
    const rows = await this.#knex<RuleRow>('ml_retention_rules').orderBy(
      'model',
    );
    return rows.map(toRule);
  }

  async set(
    trx: Knex.Transaction,
    model: string,
    rule: RetentionRule,
    by: string,
  ): Promise<void> {
    await trx<RuleRow>('ml_retention_rules')
      .insert({
        model,
        rule: JSON.stringify(rule),
        set_at: new Date().toISOString(),
        set_by: by,
      })
      .onConflict('model')
      .merge();
  }

  async clear(trx: Knex.Transaction, model: string): Promise<boolean> {
    const cleared = await trx('ml_retention_rules').where({ model }).delete();
    return Boolean(cleared);
  }

  async listCandidates(
    model: string,
    trx?: Knex.Transaction,
  ): Promise<Candidate[]> {
    const connection = trx ?? this.#knex;
    const rows = await connection('ml_versions')
      .where({ model })
      .whereNot('state', 'deleted')
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'sort_key', order: 'desc' },
      ])
      .select('version', 'created_at', 'size_bytes');
    const aliases = await connection('ml_aliases')
      .where({ model })
      .orderBy('name')
      .select('name', 'version');
    const keys = rows.map(({ version }) => versionKey(model, version));
    const children = new Map<string, string[]>();
    for (let start = 0; start < keys.length; start += BATCH) {
      const edges = await connection('ml_lineage_edges as edge')
        .join('ml_versions as child', builder =>
          builder
            .on('child.model', 'edge.model')
            .on('child.version', 'edge.version'),
        )
        .where('edge.kind', 'parent')
        .whereIn('edge.target', keys.slice(start, start + BATCH))
        .whereNot('child.state', 'deleted')
        .select('edge.target', 'edge.model', 'edge.version');
      for (const edge of edges) {
        const known = children.get(edge.target) ?? [];
        children.set(edge.target, [...known, `${edge.model}@${edge.version}`]);
      }
    }
    return rows.map((row, index) => ({
      version: row.version,
      createdAt: row.created_at,
      sizeBytes: Number(row.size_bytes),
      aliases: aliases
        .filter(({ version }) => version === row.version)
        .map(({ name }) => name),
      children: children.get(keys[index]) ?? [],
    }));
  }
}

function toRule(row: RuleRow): StoredRetentionRule {
  return {
    ...JSON.parse(row.rule),
    model: row.model,
    setAt: row.set_at,
    setBy: row.set_by,
  };
}
