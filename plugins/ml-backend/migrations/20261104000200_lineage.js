// @ts-check

const { createHash } = require('node:crypto');

const BATCH = 500;

/**
 * As in src/lineage/edges.ts when this migration was written; a migration
 * never changes, so it has its own copy.
 *
 * @param {string} text
 */
const hash = text => createHash('sha256').update(text).digest('hex');

/**
 * @param {{ model: string; version: string; sort_key: string; package: string }} row
 */
function edgesOf(row) {
  const lineage = JSON.parse(row.package).lineage;
  if (!lineage) return [];
  /** @type {Array<Record<string, string | number | null>>} */
  const edges = [];
  /**
   * @param {string} kind
   * @param {string} target
   * @param {object} details
   * @param {string} [alternate]
   */
  const add = (kind, target, details, alternate) =>
    edges.push({
      source: `version:${row.model}@${row.version}`,
      position: edges.length,
      model: row.model,
      version: row.version,
      sort_key: row.sort_key,
      kind,
      target,
      alternate: alternate ?? null,
      details: JSON.stringify(details),
    });
  for (const { role, ...dataset } of lineage.datasets ?? []) {
    const byUri = dataset.uri && `dataset:uri:${hash(dataset.uri)}`;
    const target =
      (dataset.digest && `dataset:${dataset.digest}`) ??
      byUri ??
      `dataset:name:${hash(`${row.model}/${dataset.name}`)}`;
    add('dataset', target, { relation: role ?? 'training', ...dataset }, byUri);
  }
  if (Object.keys(lineage.code ?? {}).length) {
    const { command, commit, digest, path, repository } = lineage.code;
    const place = [repository, commit, path, digest, command];
    // Without a repository it is code of this very package.
    if (!repository) place.push(`${row.model}@${row.version}`);
    add('code', `code:${hash(JSON.stringify(place))}`, {
      relation: 'code',
      ...lineage.code,
    });
  }
  if (lineage.run) {
    const { id, tracker, uri } = lineage.run;
    const place = JSON.stringify([tracker, id]);
    add('run', `run:${hash(place)}`, {
      relation: 'run',
      tracker,
      run: id,
      uri,
    });
  }
  if (Object.keys(lineage.environment ?? {}).length) {
    const facts = { versions: lineage.environment };
    add('environment', `environment:${hash(JSON.stringify(facts))}`, {
      relation: 'environment',
      ...facts,
    });
  }
  return edges;
}

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_lineage_edges', table => {
    table.comment('What each version was made from, as its package says');
    table.string('source', 160).notNullable().comment('version:model@version');
    table.integer('position').notNullable().comment('Order in the package');
    table.string('model', 63).notNullable().comment('Model of the source');
    table.string('version', 64).notNullable().comment('Version of the source');
    table
      .string('sort_key', 512)
      .notNullable()
      .comment('As of the version, so that uses are listed in its order');
    table
      .string('kind', 16)
      .notNullable()
      .comment('dataset, code, run, environment or parent');
    table
      .string('target', 160)
      .notNullable()
      .comment(
        'Key of what it was made from; a parent as version:model@version',
      );
    table
      .string('alternate', 160)
      .comment('Key of the URI of a dataset, by which it is found as well');
    table.text('details').notNullable().comment('JSON object, as it is told');
    table.primary(['source', 'position']);
  });
  await knex.raw(
    'create index ml_lineage_edges_target_idx on ml_lineage_edges (target, model, sort_key desc, position)',
  );
  await knex.raw(
    'create index ml_lineage_edges_alternate_idx on ml_lineage_edges (alternate, model, sort_key desc, position)',
  );

  // Versions that exist already have no parents: packages could not name any.
  /** @type {{ model: string; version: string } | undefined} */
  let last;
  for (;;) {
    const after = last;
    const rows = await knex('ml_versions')
      .modify(query => {
        if (after) {
          query.whereRaw('(model, version) > (?, ?)', [
            after.model,
            after.version,
          ]);
        }
      })
      .orderBy(['model', 'version'])
      .limit(BATCH)
      .select('model', 'version', 'sort_key', 'package');
    const edges = rows.flatMap(edgesOf);
    // SQLite takes so many values in one statement and no more.
    for (let at = 0; at < edges.length; at += 100) {
      await knex('ml_lineage_edges').insert(edges.slice(at, at + 100));
    }
    if (rows.length < BATCH) break;
    last = rows[rows.length - 1];
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_lineage_edges');
};
