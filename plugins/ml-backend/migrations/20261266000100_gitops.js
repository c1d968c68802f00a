// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_gitops_intents', table => {
    table.comment('Ended releases, each of which becomes one commit');
    table.bigIncrements('sequence').comment('Order of the commits');
    table
      .string('release_id', 36)
      .notNullable()
      .unique()
      .comment('The release; never in two commits');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('environment', 20).notNullable().comment('Where it runs');
    table.string('state', 20).notNullable().comment('How the release ended');
    table.text('error').comment('Why it did not succeed');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table
      .string('commit', 64)
      .comment(
        'The commit that was last tried, written before it is published',
      );
    table
      .smallint('pending')
      .comment('1 until the commit is in the repository, then null');
    table.index(['pending', 'sequence']);
  });
  await knex.schema.createTable('ml_gitops_files', table => {
    table.comment('What the newest commit that was looked at holds');
    table.string('path', 400).primary().comment('Path in the repository');
    table.string('environment', 20).comment('Null where the path names none');
    table.string('model', 63).comment('Null where the path names none');
    table.string('blob', 64).notNullable().comment('Id of the content');
    table.text('commit').notNullable().comment('JSON: who changed it last');
    table.text('desired').comment('JSON: version, digest, strategy');
    table
      .text('issues')
      .notNullable()
      .comment('JSON: what is wrong, and where');
    table.index(['model', 'environment']);
  });
  await knex.schema.createTable('ml_gitops_attempts', table => {
    table.comment('What was done about a change in Git, once for each');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('environment', 20).notNullable().comment('Where it runs');
    table
      .string('commit', 64)
      .notNullable()
      .comment('The commit that changed the file last');
    table.string('release_id', 36).comment('The release that carries it out');
    table
      .string('state', 20)
      .notNullable()
      .comment('released, waiting, denied');
    table.text('message').comment('Why it was not released');
    table.string('actor', 255).comment('On whose behalf');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.primary(['model', 'environment']);
  });
  await knex.schema.createTable('ml_gitops_pushes', table => {
    table.comment('Changes whose author is proven: pushed with a token');
    table.string('commit', 64).notNullable().comment('The commit');
    table.string('path', 400).notNullable().comment('The file');
    table.string('actor', 255).notNullable().comment('Who pushed it');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.primary(['commit', 'path']);
  });
  await knex.schema.createTable('ml_gitops_state', table => {
    table.comment('One row: where the platform stands in the repository');
    table.integer('id').primary().comment('Always 1');
    table.string('head', 64).comment('The commit that was looked at last');
    table.string('checked_at', 24).comment('ISO 8601, UTC');
    table.text('error').comment('Why the repository cannot be reached');
    table.string('lease_owner', 36).comment('The process that works on it');
    table.string('lease_until', 24).comment('ISO 8601, UTC');
  });
  await knex('ml_gitops_state').insert({ id: 1 });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const name of [
    'ml_gitops_state',
    'ml_gitops_pushes',
    'ml_gitops_attempts',
    'ml_gitops_files',
    'ml_gitops_intents',
  ]) {
    await knex.schema.dropTable(name);
  }
};
