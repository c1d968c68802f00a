// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_releases', table => {
    table
      .string('evaluation', 36)
      .comment('Evaluation that its gate had the platform run');
    table
      .text('awaiting')
      .comment(
        'JSON array of rules that it waits to have lifted, by approvals',
      );
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('ml_releases', table => {
    table.dropColumn('awaiting');
    table.dropColumn('evaluation');
  });
};
