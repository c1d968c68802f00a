import {
  apiVersionOf,
  type Deprecation,
  type Page,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { indexLineage } from '../lineage/edges';
import type {
  ModelFacts,
  ModelQuery,
  RegistryStore,
  StateChange,
  StoredModel,
  VersionQuery,
} from './RegistryStore';
import {
  type ModelRow,
  NO_VERSION,
  toFactColumns,
  toModel,
  toVersion,
  toVersionRow,
  type VersionRow,
} from './rows';
import { RELEASE_KEYS, versionSortKey } from './sortKey';
import { applyText } from './textFilter';
import { indexVersion, searchVersions } from './versionSearch';
import type { ModelVisibility } from '../authorization/Authorizer';
import { applyCriteria } from './visibilityFilter';

export class DatabaseRegistryStore implements RegistryStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  async getModel(name: string): Promise<StoredModel | undefined> {
    const row = await this.#knex<ModelRow>('ml_models').where({ name }).first();
    return row && toModel(row);
  }

  async getModels(
    names: string[],
    visibility?: ModelVisibility,
  ): Promise<StoredModel[]> {
    if (!names.length) return [];
    const rows = await this.#knex<ModelRow>('ml_models')
      .whereIn('name', names)
      .modify(builder => {
        if (visibility?.kind === 'filter') {
          builder.where(nested => applyCriteria(nested, visibility.criteria));
        }
      });
    return rows.map(toModel);
  }

  async listModels(query: ModelQuery): Promise<Page<StoredModel>> {
    const { visibility } = query;
    const rows = await this.#knex<ModelRow>('ml_models')
      .modify(builder => {
        if (visibility.kind === 'filter') {
          builder.where(nested => applyCriteria(nested, visibility.criteria));
        }
        if (query.q) {
          const { q } = query;
          builder.where(nested => applyText(nested, q));
        }
        if (query.cursor) {
          builder.where('name', '>', decodeCursor(query.cursor));
        }
      })
      .orderBy('name')
      .limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    return {
      items: page.map(toModel),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(page[page.length - 1].name),
      }),
    };
  }

  async getVersion(
    model: string,
    version: string,
    trx?: Knex.Transaction,
  ): Promise<Version | undefined> {
    const row = await (trx ?? this.#knex)<VersionRow>('ml_versions')
      .where({ model, version })
      .first();
    return row && (await this.#toVersions([row], trx))[0];
  }

  async listVersions(
    model: string,
    query: { limit: number; cursor?: string },
  ): Promise<Page<Version>> {
    const rows = await this.#knex<VersionRow>('ml_versions')
      .where({ model })
      .whereNot('state', 'deleted')
      .modify(builder => {
        if (query.cursor) {
          builder.where('sort_key', '<', decodeCursor(query.cursor));
        }
      })
      .orderBy('sort_key', 'desc')
      .limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    return {
      items: await this.#toVersions(page),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(page[page.length - 1].sort_key),
      }),
    };
  }

  async getHighestOfMajor(
    model: string,
    major: number,
  ): Promise<Version | undefined> {
    const row = await this.#knex<VersionRow>('ml_versions')
      .where({ model, major })
      .whereIn('state', ['registered', 'deprecated'])
      .orderBy('sort_key', 'desc')
      .first();
    return row && (await this.#toVersions([row]))[0];
  }

  async searchVersions(query: VersionQuery): Promise<Page<Version>> {
    const rows: VersionRow[] = await searchVersions(this.#knex, query);
    const page = rows.slice(0, query.limit);
    const last = page[page.length - 1];
    return {
      items: await this.#toVersions(page),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(`${last.model}|${last.sort_key}`),
      }),
    };
  }

  async listDeprecations(
    model?: string,
  ): Promise<{ model: string; version: string; deprecation: Deprecation }[]> {
    const rows: VersionRow[] = await this.#knex<VersionRow>('ml_versions')
      .where({ state: 'deprecated' })
      .modify(builder => {
        if (model) builder.where({ model });
      })
      .select('model', 'version', 'deprecation');
    return rows.map(row => ({
      model: row.model,
      version: row.version,
      deprecation: JSON.parse(row.deprecation!),
    }));
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async insertModel(trx: Knex.Transaction, model: StoredModel): Promise<void> {
    await trx<ModelRow>('ml_models').insert({
      name: model.name,
      ...toFactColumns(model),
      latest_version: NO_VERSION,
      version_count: 0,
      created_at: model.createdAt,
      created_by: model.createdBy,
      updated_at: model.updatedAt,
    });
  }

  async insertVersion(
    trx: Knex.Transaction,
    version: Version,
    model: ModelFacts,
  ): Promise<void> {
    const now = version.createdAt;
    const description = { ...toFactColumns(model), updated_at: now };
    await trx<ModelRow>('ml_models')
      .insert({
        name: version.model,
        ...description,
        latest_version: version.version,
        version_count: 0,
        created_at: now,
        created_by: version.createdBy,
      })
      .onConflict('name')
      .ignore();
    // Serializes changes of one model where the database allows several writers.
    await trx<ModelRow>('ml_models')
      .where({ name: version.model })
      .forUpdate()
      .first();
    await trx('ml_versions').insert({
      ...toVersionRow(version),
      major: apiVersionOf(version.version),
      sort_key: versionSortKey(version.version),
    });
    await indexVersion(trx, version);
    await indexLineage(trx, version);
    const latest = await refreshModel(trx, version.model);
    if (latest === version.version) {
      // An older version that is registered late, or a draft, does not change what the model says of itself.
      await trx<ModelRow>('ml_models')
        .where({ name: version.model })
        .update(description);
    }
  }

  async setState(
    trx: Knex.Transaction,
    key: { model: string; version: string },
    change: StateChange,
  ): Promise<boolean> {
    const changed = await trx<VersionRow>('ml_versions')
      .where(key)
      .whereIn('state', change.from)
      .update({
        state: change.to,
        deprecation: change.deprecation
          ? JSON.stringify(change.deprecation)
          : null,
      });
    if (changed) await refreshModel(trx, key.model);
    return Boolean(changed);
  }

  async #toVersions(
    rows: VersionRow[],
    trx?: Knex.Transaction,
  ): Promise<Version[]> {
    if (!rows.length) return [];
    const aliases: { model: string; version: string; name: string }[] = await (
      trx ?? this.#knex
    )('ml_aliases')
      .whereIn(
        ['model', 'version'],
        rows.map(({ model, version }) => [model, version]),
      )
      .orderBy('name');
    return rows.map(row =>
      toVersion(
        row,
        aliases
          .filter(
            alias => alias.model === row.model && alias.version === row.version,
          )
          .map(({ name }) => name),
      ),
    );
  }
}

/** Counts a model's versions anew, and finds the latest that callers may rely on. */
async function refreshModel(
  trx: Knex.Transaction,
  model: string,
): Promise<string | undefined> {
  const versions = trx<VersionRow>('ml_versions')
    .where({ model })
    .whereNot('state', 'deleted');
  const [{ count }] = await versions.clone().count({ count: '*' });
  const highest = (
    narrow: (query: typeof versions) => void,
  ): Promise<{ version: string } | undefined> =>
    versions
      .clone()
      .modify(narrow)
      .orderBy('sort_key', 'desc')
      .select('version')
      .first();
  const latest =
    (await highest(query =>
      query.whereNot('state', 'draft').where('sort_key', 'like', RELEASE_KEYS),
    )) ??
    (await highest(query => query.whereNot('state', 'draft'))) ??
    (await highest(query => query.where('sort_key', 'like', RELEASE_KEYS))) ??
    (await highest(() => {}));
  await trx<ModelRow>('ml_models')
    .where({ name: model })
    .update({
      version_count: Number(count),
      updated_at: new Date().toISOString(),
      ...(latest && { latest_version: latest.version }),
    });
  return latest?.version;
}
