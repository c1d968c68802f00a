// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_audit_events', table => {
    table.comment('Audit events, written in the transaction of their change');
    table.bigIncrements('sequence').comment('Order of writing');
    table.string('id', 36).notNullable().unique().comment('UUID');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('actor', 255).notNullable().comment('Who');
    table
      .string('action', 64)
      .notNullable()
      .comment('What, e.g. release.create');
    table.string('resource', 512).notNullable().index().comment('On what');
    table
      .string('outcome', 16)
      .notNullable()
      .comment('intended, succeeded, failed or denied');
    table
      .text('details')
      .notNullable()
      .comment('JSON object, no personal data');
    table.string('request_id', 128).comment('Request that caused it');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_audit_events');
};
