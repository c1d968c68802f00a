// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_evaluations', table => {
    table.comment('Evaluations: runs of the suite of a version');
    table.string('id', 36).primary().comment('UUID');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('version', 64).notNullable().comment('Version evaluated');
    table.string('digest', 71).notNullable().comment('Of its manifest');
    table
      .string('state', 16)
      .notNullable()
      .comment('queued, running, passed, failed, error');
    table
      .integer('active')
      .comment(
        '1 while queued or running, null afterwards: the unique key below admits one at a time for a version',
      );
    table
      .string('origin', 16)
      .notNullable()
      .comment('platform, or attached when it ran elsewhere');
    table.string('requested_by', 255).notNullable().comment('Who asked');
    table.integer('attempts').notNullable().comment('How often it was begun');
    table.string('lease_owner', 36).comment('Process that carries it out');
    table.string('lease_until', 24).comment('When another may take over');
    table.string('baseline', 64).comment('Version in production then');
    table.text('summary').comment('What came of it, in one sentence');
    table.text('report').comment('The report as JSON');
    table.string('attestation', 71).comment('Digest of what attaches it');
    table.string('signer', 255).comment('Name of the key that signed it');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('started_at', 24).comment('ISO 8601, UTC');
    table.string('finished_at', 24).comment('ISO 8601, UTC');
    table.unique(['model', 'version', 'active']);
    table.unique(['model', 'version', 'attestation']);
    table.index(['model', 'created_at']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_evaluations');
};
