// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_size_exceptions', table => {
    table.comment(
      'Larger artifacts for one model, approved by a second person',
    );
    table.string('id', 36).primary().comment('Id of the approval');
    table
      .string('model', 63)
      .notNullable()
      .index()
      .comment('Name of the model');
    table
      .bigInteger('max_bytes')
      .notNullable()
      .comment('Instead of the default');
    table.text('reason').notNullable().comment('Given by who asked');
    table.string('requested_by', 255).notNullable().comment('Who asked');
    table.string('approved_by', 255).notNullable().comment('Who approved');
    table.string('approved_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('expires_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('revoked_by', 255).comment('Who ended it before its time');
    table.string('revoked_at', 24).comment('ISO 8601, UTC');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_size_exceptions');
};
