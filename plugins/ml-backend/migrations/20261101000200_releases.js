// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_releases', table => {
    table.comment('Releases: each change of a deployment to a version');
    table.string('id', 36).primary().comment('UUID');
    table.string('model', 63).notNullable().comment('Name of the model');
    table
      .string('environment', 16)
      .notNullable()
      .comment('staging, production');
    table.integer('number').notNullable().comment('Counts up per deployment');
    table.string('kind', 16).notNullable().comment('deploy or rollback');
    table.string('version', 64).notNullable().comment('Version to become live');
    table.string('from_version', 64).comment('Version that was live before');
    table.string('strategy', 16).notNullable().comment('immediate, …');
    table.string('state', 16).notNullable().comment('See ReleaseState');
    table
      .integer('active')
      .comment(
        '1 while not final, null afterwards: the unique key below admits one active release per deployment',
      );
    table
      .integer('generation')
      .comment('Generation of the routes that this release sets');
    table.text('reason').comment('Given by the person who asked');
    table.text('error').comment('Why it failed');
    table.string('requested_by', 255).notNullable().comment('Who asked');
    table.string('idempotency_key', 255).comment('Given by the caller');
    table.string('lease_owner', 36).comment('Process that carries it out');
    table.string('lease_until', 24).comment('When another may take over');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('finished_at', 24).comment('ISO 8601, UTC');
    table.unique(['model', 'environment', 'number']);
    table.unique(['model', 'environment', 'active']);
    table.unique(['requested_by', 'idempotency_key']);
    table.index(['active']);
  });

  await knex.schema.createTable('ml_release_transitions', table => {
    table.comment('Every state that a release went through, and why');
    table
      .string('release_id', 36)
      .notNullable()
      .references('id')
      .inTable('ml_releases')
      .comment('The release');
    table.integer('sequence').notNullable().comment('Counts up from 1');
    table.string('from_state', 16).comment('State before; null at the start');
    table.string('to_state', 16).notNullable().comment('State after');
    table.string('actor', 255).notNullable().comment('Who or what moved it');
    table.text('cause').notNullable().comment('Why, in one sentence');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.primary(['release_id', 'sequence']);
  });

  await knex.schema.createTable('ml_deployments', table => {
    table.comment('Deployments: a model in an environment');
    table.string('model', 63).notNullable().comment('Name of the model');
    table
      .string('environment', 16)
      .notNullable()
      .comment('staging, production');
    table.string('version', 64).comment('Live version; null until the first');
    table.integer('release_number').comment('Release that made it live');
    table.string('since', 24).comment('ISO 8601, UTC');
    table.string('by', 255).comment('Who made it live');
    table
      .text('history')
      .notNullable()
      .comment('JSON array of good versions to go back through, live one last');
    table
      .text('majors')
      .notNullable()
      .comment('JSON object: API version to the version that serves it');
    table
      .integer('generation')
      .notNullable()
      .comment('Generation of the routes last handed to the data plane');
    table.primary(['model', 'environment']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_deployments');
  await knex.schema.dropTable('ml_release_transitions');
  await knex.schema.dropTable('ml_releases');
};
