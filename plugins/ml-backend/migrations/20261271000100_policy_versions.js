// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_policy_versions', table => {
    table.comment('What the platform obeyed, from the first start on');
    table
      .integer('version')
      .primary()
      .comment('Counts from 0; the highest one holds');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC: since when');
    table
      .string('source', 16)
      .notNullable()
      .comment('configuration or approved: who changed it');
    table
      .text('values')
      .notNullable()
      .comment('All policies by key, as JSON, also those that stayed');
    table
      .text('approved')
      .notNullable()
      .comment(
        'Keys as JSON that a second person decided on, so that the configuration does not',
      );
    table.text('reason').comment('Given by who asked for the change');
    table.string('requested_by', 255).comment('Who asked for the change');
    table.string('approved_by', 255).comment('Who let it take effect');
    table.string('approval', 36).comment('Id of the approval');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_policy_versions');
};
