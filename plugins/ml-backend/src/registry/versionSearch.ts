import type { Version } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor } from '../http/cursor';
import type { VersionQuery } from './RegistryStore';
import type { VersionRow } from './rows';
import { versionSortKey } from './sortKey';
import { applyText } from './textFilter';
import { applyCriteria } from './visibilityFilter';

// Of a tag that more versions have, it does not matter how many have it.
const MOST_COUNTED = 5_000;

/** What a version is searched by: its tags, and its metrics over all data. */
export function searchRowsOf(version: Version) {
  const key = {
    model: version.model,
    version: version.version,
    sort_key: versionSortKey(version.version),
  };
  const metrics = new Map<string, number>();
  for (const metric of version.card.quantitativeAnalysis.performanceMetrics) {
    const name = metric.type.toLowerCase().slice(0, 200);
    const value = Number(metric.value);
    if (!metric.slice && Number.isFinite(value) && !metrics.has(name)) {
      metrics.set(name, value);
    }
  }
  const tags = [...new Set(version.package.tags ?? [])];
  return {
    metrics: [...metrics].map(([metric, value]) => ({ ...key, metric, value })),
    tags: tags.map(tag => ({ ...key, tag })),
  };
}

export async function indexVersion(
  trx: Knex.Transaction,
  version: Version,
): Promise<void> {
  const { metrics, tags } = searchRowsOf(version);
  if (metrics.length) await trx('ml_version_metrics').insert(metrics);
  if (tags.length) await trx('ml_version_tags').insert(tags);
}

/** A table that holds a condition of the search, narrowed to it. */
interface Condition {
  table: string;
  narrow: (query: Knex.QueryBuilder) => void;
  /** Whether an index gives its rows in the order of the search. */
  sorted?: boolean;
}

/**
 * One row more than the limit, where there are more.
 *
 * One condition leads: its table is read in the order of the search, or is small
 * enough to be sorted; the others are looked up row by row until the page is
 * full. Only the rows of the page are read with their cards and packages. The
 * cross joins keep SQLite, which has no statistics, to that order; PostgreSQL
 * takes them as ordinary joins and decides by itself.
 */
export async function searchVersions(
  knex: Knex,
  query: VersionQuery,
): Promise<VersionRow[]> {
  const [lead, ...others] = await conditionsOf(knex, query);
  const first = lead?.table ?? 'ml_versions';
  const sortKey = `${lead?.sorted ? first : 'ml_versions'}.sort_key`;

  const page = knex(first).select('ml_versions.model', 'ml_versions.version');
  if (lead) {
    lead.narrow(page);
    joinVersions(page, knex, first);
  }
  for (const { table, narrow, sorted } of others) {
    const alias = `other_${table}`;
    // A sort key tells a model's versions apart as well, and its index covers the condition.
    const [column, value] = sorted
      ? ['sort_key', sortKey]
      : ['version', `${first}.version`];
    page.whereExists(inner => {
      inner
        .select(knex.raw('1'))
        .from({ [alias]: table })
        .where(`${alias}.model`, knex.ref(`${first}.model`))
        .where(`${alias}.${column}`, knex.ref(value));
      narrow(inner);
    });
  }
  narrowVersions(page, query);
  narrowModels(page, knex, `${first}.model`, query);
  if (query.cursor) {
    const [model, key] = decodeCursor(query.cursor).split('|');
    page
      // Says nothing new, but lets the index begin there.
      .where(`${first}.model`, '>=', model)
      .where(after =>
        after.where(`${first}.model`, '>', model).orWhere(sortKey, '<', key),
      );
  }
  page
    .orderBy([{ column: `${first}.model` }, { column: sortKey, order: 'desc' }])
    .limit(query.limit + 1);

  const search = knex.select('ml_versions.*').from(page.as('page'));
  joinVersions(search, knex, 'page');
  return search.orderBy([
    { column: 'ml_versions.model' },
    { column: 'ml_versions.sort_key', order: 'desc' },
  ]);
}

/** Those that leave the fewest rows first. */
async function conditionsOf(
  knex: Knex,
  query: VersionQuery,
): Promise<Condition[]> {
  const { alias, liveIn } = query;
  const all = query.metrics ?? [];
  const metrics = new Set(all.map(({ metric }) => metric.toLowerCase()));
  return [
    ...(alias ? [{ table: 'ml_aliases', narrow: where('name', alias) }] : []),
    ...(liveIn
      ? [{ table: 'ml_deployments', narrow: where('environment', liveIn) }]
      : []),
    ...(await rarestFirst(knex, [...new Set(query.tags)])).map(tag => ({
      table: 'ml_version_tags',
      narrow: where('tag', tag),
      sorted: true,
    })),
    ...[...metrics].map(metric => ({
      table: 'ml_version_metrics',
      narrow: (inner: Knex.QueryBuilder) => {
        inner.where('metric', metric);
        for (const { operator, value } of all.filter(
          condition => condition.metric.toLowerCase() === metric,
        )) {
          inner.where('value', operator, value);
        }
      },
      sorted: true,
    })),
  ];
}

function where(column: string, value: string) {
  return (query: Knex.QueryBuilder) => {
    query.where(column, value);
  };
}

async function rarestFirst(knex: Knex, tags: string[]): Promise<string[]> {
  if (tags.length < 2) return tags;
  // One question for all of them, as each costs the way to the database.
  const rows: { tag: string; count: number | string }[] = await knex.unionAll(
    tags.map(tag => {
      const some = knex('ml_version_tags')
        .select('tag')
        .where({ tag })
        .limit(MOST_COUNTED);
      return knex(some.as('some'))
        .select(knex.raw('? as tag', [tag]))
        .count({ count: '*' });
    }),
  );
  const counts = new Map(rows.map(({ count, tag }) => [tag, Number(count)]));
  return tags.sort((a, b) => counts.get(a)! - counts.get(b)!);
}

function joinVersions(
  query: Knex.QueryBuilder,
  knex: Knex,
  table: string,
): void {
  query
    .crossJoin(knex.raw('ml_versions'))
    .where('ml_versions.model', knex.ref(`${table}.model`))
    .where('ml_versions.version', knex.ref(`${table}.version`));
}

function narrowVersions(query: Knex.QueryBuilder, by: VersionQuery): void {
  if (by.state) query.where('ml_versions.state', by.state);
  else query.whereNot('ml_versions.state', 'deleted');
  if (by.format) query.where('ml_versions.format', by.format);
}

function narrowModels(
  query: Knex.QueryBuilder,
  knex: Knex,
  column: string,
  { visibility, q, owner }: VersionQuery,
): void {
  if (visibility.kind !== 'filter' && !q && !owner) return;
  const models = knex('ml_models').select('name');
  if (visibility.kind === 'filter') {
    models.where(nested => applyCriteria(nested, visibility.criteria));
  }
  if (q) applyText(models, q);
  if (owner) models.where('owner', owner);
  query.whereIn(column, models);
}
