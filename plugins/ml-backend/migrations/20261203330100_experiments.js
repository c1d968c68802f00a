// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_experiments', table => {
    table.comment('A/B experiments that have not ended');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('environment', 20).notNullable().comment('Where it runs');
    table.text('spec').notNullable().comment('JSON: id, name, revision, arms');
    table
      .boolean('stopping')
      .notNullable()
      .comment('Whether its end is decided; the row goes when it has ended');
    table.string('started_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('started_by', 255).notNullable().comment('Who started it');
    table.primary(['model', 'environment']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_experiments');
};
