// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_events', table => {
    table.comment('Outbox: events, written in the transaction of their change');
    table.bigIncrements('sequence').comment('Order of writing');
    table.string('id', 36).notNullable().unique().comment('CloudEvents id');
    table.string('type', 64).notNullable().comment('CloudEvents type');
    table.string('at', 24).notNullable().index().comment('ISO 8601, UTC');
    table.text('body').notNullable().comment('The CloudEvent, as it is sent');
    table
      .integer('unpublished')
      .index()
      .comment('1 until it is published inside Backstage, then null');
    table
      .string('lease_until', 24)
      .comment('A process publishes it until then');
  });

  await knex.schema.createTable('ml_webhooks', table => {
    table.comment('Receivers of events');
    table.string('id', 36).primary().comment('UUID');
    table.text('url').notNullable().comment('Where events are posted to');
    table.text('types').notNullable().comment('JSON array; all when empty');
    table.string('model', 63).comment('Events of this model only');
    table.boolean('active').notNullable().comment('Whether events are sent');
    table.text('secret').notNullable().comment('Encrypted');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('created_by', 255).notNullable().comment('Who created it');
  });

  await knex.schema.createTable('ml_webhook_deliveries', table => {
    table.comment('What is sent, or was, to whom');
    table.bigIncrements('sequence').comment('Order of writing');
    table.string('id', 36).notNullable().unique().comment('UUID');
    // No foreign key: removing a webhook must never make a change fail.
    table.string('webhook', 36).notNullable().comment('Id of the webhook');
    table.string('event', 36).notNullable().index().comment('Id of the event');
    table.string('type', 64).notNullable().comment('Type of the event');
    table
      .string('state', 16)
      .notNullable()
      .comment('pending, delivered or failed');
    table.integer('attempts').notNullable().comment('So far');
    table.integer('last_status').comment('HTTP status of the last attempt');
    table.text('last_error').comment('Why the last attempt failed');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('next_attempt_at', 24).comment('Null when there is none');
    table.string('delivered_at', 24).comment('ISO 8601, UTC');
    table.string('lease_owner', 36).comment('Process that sends it now');
    table.string('lease_until', 24).comment('ISO 8601, UTC');
    table.index(['webhook', 'sequence']);
    table.index(['state', 'next_attempt_at']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_webhook_deliveries');
  await knex.schema.dropTable('ml_webhooks');
  await knex.schema.dropTable('ml_events');
};
