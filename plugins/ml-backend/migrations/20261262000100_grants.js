// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_grants', table => {
    table.comment('Access to models of another team, for a time');
    table.string('id', 36).primary();
    table
      .string('subject', 255)
      .notNullable()
      .index()
      .comment('Entity reference of the user or group that may');
    table.string('model', 63).index().comment('The one model, or else a team');
    table
      .string('team', 255)
      .index()
      .comment('Owner whose models they are, also later ones');
    table.string('capability', 16).notNullable().comment('read or operate');
    table.text('reason').notNullable().comment('Given by who granted it');
    table.string('granted_by', 255).notNullable().comment('Who granted it');
    table.string('granted_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('expires_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('revoked_by', 255).comment('Who ended it before its time');
    table.string('revoked_at', 24).comment('ISO 8601, UTC');
    table
      .string('last_used_at', 24)
      .comment('ISO 8601, UTC; written once a minute at the most');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_grants');
};
