// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_releases', table => {
    table
      .text('rollout')
      .comment(
        'JSON: what the data plane last said of the canary, if there is one',
      );
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('ml_releases', table => {
    table.dropColumn('rollout');
  });
};
