// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_alias_policy_changes', table => {
    table.comment('Every change of the policy of an alias; never changed');
    table.bigIncrements('sequence').comment('Order of the changes');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('name', 63).notNullable().comment('Name of the alias');
    table.text('before').comment('JSON object; null where none was set');
    table.text('after').notNullable().comment('JSON object');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('by', 255).notNullable().comment('Who changed it');
    table.index(['model', 'name', 'sequence']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_alias_policy_changes');
};
