// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_retention_rules', table => {
    table.comment('Which versions of a model stay');
    table.string('model', 63).primary().comment('Name of the model');
    table.text('rule').notNullable().comment('JSON object');
    table.string('set_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('set_by', 255).notNullable().comment('Who set it');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_retention_rules');
};
