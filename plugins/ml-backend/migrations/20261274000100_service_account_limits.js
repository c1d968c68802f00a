// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_service_accounts', table => {
    table
      .text('limits')
      .comment('JSON object: requestsPerSecond, concurrency at the gateways');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('ml_service_accounts', table => {
    table.dropColumn('limits');
  });
};
