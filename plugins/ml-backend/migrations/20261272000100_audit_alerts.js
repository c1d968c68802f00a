// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_audit_alerts', table => {
    table.comment('What is wrong with the audit log, or looks like it');
    table.string('id', 36).primary().comment('UUID');
    table.string('kind', 32).notNullable();
    table
      .string('subject', 255)
      .notNullable()
      .unique()
      .comment('Names the occurrence, which raises one alert');
    table.text('message').notNullable().comment('One sentence for people');
    table.string('event', 36).comment('Id of the audit event, if it is of one');
    table.string('raised_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('notified_at', 24).comment('When people were told');
    table.string('closed_at', 24);
    table.string('closed_by', 255);
    table.text('comment').comment('What was found to be the reason');
    table.index(['closed_at'], 'ml_audit_alerts_closed_idx');
  });
  await knex.schema.createTable('ml_audit_watch', table => {
    table.comment('One row: how far intents were looked at for their outcomes');
    table.integer('id').primary();
    table.bigInteger('intents_until').notNullable().comment('Sequence');
  });
  await knex.schema.createTable('ml_audit_waiting', table => {
    table.comment('Intents whose operation still runs');
    table.bigInteger('sequence').primary().comment('Of ml_audit_events');
  });
  // Older intents were written when not each had an outcome.
  await knex('ml_audit_watch').insert({
    id: 1,
    intents_until: knex('ml_audit_events').select(
      knex.raw('coalesce(max(sequence), 0)'),
    ),
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'ml_audit_waiting',
    'ml_audit_watch',
    'ml_audit_alerts',
  ]) {
    await knex.schema.dropTable(table);
  }
};
