// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_external_removals', table => {
    table.comment(
      'Manifests that are to be deleted from the external registry, because their version was',
    );
    table
      .string('repository', 255)
      .notNullable()
      .comment('Without the configured prefix');
    table.string('digest', 135).notNullable().comment('Digest of the manifest');
    table.primary(['repository', 'digest']);
    table.string('due_at', 24).notNullable().index().comment('ISO 8601, UTC');
    table
      .string('started_at', 24)
      .comment('ISO 8601, UTC; from here on, parts of it may be gone');
    table
      .integer('failures')
      .notNullable()
      .defaultTo(0)
      .comment('Attempts that failed');
    table.text('last_error').comment('Why the last one failed');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_external_removals');
};
