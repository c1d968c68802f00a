// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_batch_jobs', table => {
    table.comment('Predictions for whole files');
    table.string('id', 36).primary().comment('UUID; names the folder of files');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('environment', 16).notNullable().comment('Whose gateway');
    table.string('pin', 64).comment('Version or API version asked for');
    table.string('version', 64).comment('Version that answers');
    table
      .string('state', 16)
      .notNullable()
      .comment('queued, running, succeeded, failed, cancelled');
    table.integer('active').comment('1 while queued or running, else null');
    table.text('settings').notNullable().comment('Formats and columns, JSON');
    table.string('requested_by', 255).notNullable().comment('Who asked');
    table.bigInteger('input_bytes').notNullable().comment('Size of the input');
    table.bigInteger('position').notNullable().comment('Bytes dealt with');
    table.bigInteger('rows').notNullable().comment('Rows dealt with');
    table.bigInteger('rejected').notNullable().comment('Rows set aside');
    table.text('message').comment('What came of it, or what it waits for');
    table.integer('attempts').notNullable().comment('How often it was begun');
    table.string('lease_owner', 36).comment('Process that carries it out');
    table.string('lease_until', 24).comment('When another may take over');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('started_at', 24).comment('ISO 8601, UTC');
    table.string('finished_at', 24).comment('ISO 8601, UTC');
    table.string('expires_at', 24).notNullable().comment('End of its files');
    table.index(['model', 'created_at']);
    table.index(['active', 'created_at']);
    table.index(['expires_at']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_batch_jobs');
};
