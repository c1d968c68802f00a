// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_release_locks', table => {
    table.comment(
      'One row a team and environment: whoever counts against a quota holds it until the end of the transaction',
    );
    table.string('team', 255).notNullable().comment('Entity reference');
    table
      .string('environment', 16)
      .notNullable()
      .comment('staging, production');
    table.string('taken_at', 24).notNullable().comment('ISO 8601, UTC');
    table.primary(['team', 'environment']);
  });
  await knex.schema.alterTable('ml_releases', table => {
    table
      .string('promoted_from', 36)
      .comment('Release to staging that this one takes to production');
    table
      .text('exceptions')
      .comment('JSON array of rules that an approval lifted for this release');
    table.index(['environment', 'kind', 'created_at']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('ml_releases', table => {
    table.dropIndex(['environment', 'kind', 'created_at']);
    table.dropColumn('exceptions');
    table.dropColumn('promoted_from');
  });
  await knex.schema.dropTable('ml_release_locks');
};
