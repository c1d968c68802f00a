// @ts-check

const MANIFESTS_AT_ONCE = 50;

// sha512:<128 hex digits>
const DIGEST_LENGTH = 135;

const DIGEST_COLUMNS = [
  ['ml_artifact_blobs', 'digest'],
  ['ml_artifact_repository_blobs', 'digest'],
  ['ml_artifact_manifests', 'digest'],
  ['ml_artifact_manifests', 'subject_digest'],
  ['ml_artifact_tags', 'digest'],
  ['ml_artifact_uploads', 'verified_digest'],
];

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  // SQLite does not hold texts to the length of their column.
  if (knex.client.config.client === 'pg') {
    for (const [table, column] of DIGEST_COLUMNS) {
      await knex.raw(
        `alter table ?? alter column ?? type varchar(${DIGEST_LENGTH})`,
        [table, column],
      );
    }
  }

  await knex.schema.alterTable('ml_artifact_repository_blobs', table => {
    table
      .dateTime('touched_at')
      .comment(
        'Last time that a client was told that the blob is there; younger ones are not collected',
      );
  });
  await knex('ml_artifact_repository_blobs').update({
    touched_at: knex.ref('created_at'),
  });

  await knex.schema.createTable('ml_artifact_references', table => {
    table.comment('What manifests name: while named, it cannot be removed');
    table.string('repository', 255).notNullable().comment('OCI repository');
    table
      .string('parent_digest', DIGEST_LENGTH)
      .notNullable()
      .comment('The manifest that names it');
    table.string('kind', 8).notNullable().comment('blob or manifest');
    table
      .string('child_digest', DIGEST_LENGTH)
      .notNullable()
      .comment('What is named');
    table.primary(['repository', 'parent_digest', 'kind', 'child_digest']);
    table.index(
      ['child_digest', 'kind', 'repository'],
      'ml_artifact_references_child_idx',
    );
    table
      .foreign(
        ['repository', 'parent_digest'],
        'ml_artifact_references_manifest_fk',
      )
      .references(['repository', 'digest'])
      .inTable('ml_artifact_manifests');
  });

  await readReferences(knex);
};

/** @param {import('knex').Knex} knex */
async function readReferences(knex) {
  let after = { repository: '', digest: '' };
  for (;;) {
    const rows = await knex('ml_artifact_manifests')
      .select('repository', 'digest', 'content')
      .whereRaw('(repository, digest) > (?, ?)', [
        after.repository,
        after.digest,
      ])
      .orderBy(['repository', 'digest'])
      .limit(MANIFESTS_AT_ONCE);
    if (!rows.length) return;
    after = rows[rows.length - 1];
    const references = rows.flatMap(referencesOf);
    if (references.length) {
      await knex.batchInsert('ml_artifact_references', references, 100);
    }
  }
}

/** @param {{ repository: string, digest: string, content: Buffer }} row */
function referencesOf({ repository, digest, content }) {
  const { config, layers = [], manifests = [] } = JSON.parse(String(content));
  const blobs = [config, ...layers].filter(
    descriptor =>
      descriptor &&
      !/nondistributable|\.foreign\./.test(descriptor.mediaType ?? ''),
  );
  /** @param {string} kind @param {{ digest: string }[]} descriptors */
  const rows = (kind, descriptors) =>
    [...new Set(descriptors.map(child => child.digest))].map(child_digest => ({
      repository,
      parent_digest: digest,
      kind,
      child_digest,
    }));
  return [...rows('blob', blobs), ...rows('manifest', manifests)];
}

/**
 * The digest columns stay wide: there may be digests that need it.
 *
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_artifact_references');
  await knex.schema.alterTable('ml_artifact_repository_blobs', table => {
    table.dropColumn('touched_at');
  });
};
