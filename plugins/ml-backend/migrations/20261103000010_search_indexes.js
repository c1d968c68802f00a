// @ts-check

const SEARCHED = ['ml_version_metrics', 'ml_version_tags'];

/**
 * Most give versions in the order of the search, by model and highest
 * first, so that a page is read without sorting all that match. The one by
 * manifest is for the check that a manifest is no version's before it is deleted.
 *
 * @type {Record<string, [table: string, columns: string]>}
 */
const INDEXES = {
  ml_versions_search_idx: [
    'ml_versions',
    'model, sort_key desc, version, state, format',
  ],
  ml_versions_manifest_idx: ['ml_versions', 'repository, digest'],
  ml_version_metrics_search_idx: [
    'ml_version_metrics',
    'metric, model, sort_key desc, value, version',
  ],
  ml_version_tags_search_idx: [
    'ml_version_tags',
    'tag, model, sort_key desc, version',
  ],
};

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  for (const name of SEARCHED) {
    await knex.schema.alterTable(name, table => {
      table
        .string('sort_key', 512)
        .notNullable()
        .defaultTo('')
        .comment('As of the version, so that the search reads in its order');
    });
    await knex(name).update({
      sort_key: knex('ml_versions')
        .select('sort_key')
        .whereRaw('ml_versions.model = ??', [`${name}.model`])
        .whereRaw('ml_versions.version = ??', [`${name}.version`]),
    });
  }
  // Without statistics SQLite takes it for wide ranges as well, and sorts all that match.
  if (knex.client.config.client !== 'pg') {
    await knex.schema.alterTable('ml_version_metrics', table => {
      table.dropIndex(['metric', 'value']);
    });
  }
  for (const [index, [table, columns]] of Object.entries(INDEXES)) {
    await knex.raw(`create index ${index} on ${table} (${columns})`);
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const index of Object.keys(INDEXES)) {
    await knex.raw(`drop index ${index}`);
  }
  if (knex.client.config.client !== 'pg') {
    await knex.schema.alterTable('ml_version_metrics', table => {
      table.index(['metric', 'value']);
    });
  }
  for (const name of SEARCHED) {
    await knex.schema.alterTable(name, table => {
      table.dropColumn('sort_key');
    });
  }
};
