// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_webhooks', table => {
    table
      .string('paused_at', 24)
      .comment('ISO 8601, UTC; what is to be sent waits meanwhile');
    table.string('paused_by', 255).comment('Who paused it');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('ml_webhooks', table => {
    table.dropColumn('paused_at');
    table.dropColumn('paused_by');
  });
};
