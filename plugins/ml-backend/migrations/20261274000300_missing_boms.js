// @ts-check

/**
 * Versions that are there already may have been registered before a bill of
 * materials was attached to each; those that come have one.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_missing_boms', table => {
    table.comment('Versions whose bill of materials may still be missing');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('version', 64).notNullable().comment('Semantic version');
    table.primary(['model', 'version']);
  });
  await knex
    .insert(
      knex('ml_versions')
        .select('model', 'version')
        .whereNot('state', 'deleted'),
    )
    .into(knex.raw('?? (??, ??)', ['ml_missing_boms', 'model', 'version']));
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_missing_boms');
};
