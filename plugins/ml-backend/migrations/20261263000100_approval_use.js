// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_approvals', table => {
    table.setNullable('model');
  });
  await knex.schema.alterTable('ml_approvals', table => {
    table.text('summary').comment('For people; null for old rows');
    table
      .string('requested_for', 255)
      .comment('Owner of the account that asked');
    table.string('usable_until', 24).comment('ISO 8601, UTC; of a permit');
    table.string('used_at', 24).comment('ISO 8601, UTC');
    table.string('broken_by', 255).comment('Who did without a second person');
    table.string('broken_at', 24).comment('ISO 8601, UTC');
    table.text('broken_reason').comment('Why it could not wait');
    table.string('reviewed_by', 255).comment('Who looked at it afterwards');
    table.string('reviewed_at', 24).comment('ISO 8601, UTC');
    table.string('review_verdict', 16).comment('justified or unjustified');
    table.text('review_comment').comment('Given by the one who reviewed');
    table.index(['broken_at', 'reviewed_at']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex('ml_approvals').whereNull('model').delete();
  await knex.schema.alterTable('ml_approvals', table => {
    table.dropIndex(['broken_at', 'reviewed_at']);
  });
  await knex.schema.alterTable('ml_approvals', table => {
    table.dropColumn('summary');
    table.dropColumn('requested_for');
    table.dropColumn('usable_until');
    table.dropColumn('used_at');
    table.dropColumn('broken_by');
    table.dropColumn('broken_at');
    table.dropColumn('broken_reason');
    table.dropColumn('reviewed_by');
    table.dropColumn('reviewed_at');
    table.dropColumn('review_verdict');
    table.dropColumn('review_comment');
  });
  await knex.schema.alterTable('ml_approvals', table => {
    table.dropNullable('model');
  });
};
