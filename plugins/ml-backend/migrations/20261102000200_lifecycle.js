// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_versions', table => {
    table
      .string('state', 16)
      .notNullable()
      .defaultTo('registered')
      .comment('draft, registered, deprecated or deleted');
    table
      .text('deprecation')
      .comment('JSON object: when, by whom, why, sunset, replacement');
  });

  await knex.schema.createTable('ml_version_metrics', table => {
    table.comment('Metrics of the cards, to search by');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('version', 64).notNullable().comment('Version');
    table.string('metric', 200).notNullable().comment('Type, in lower case');
    table.double('value').notNullable().comment('Value over all data');
    table.primary(['model', 'version', 'metric']);
    table.index(['metric', 'value']);
  });

  await knex.schema.createTable('ml_version_tags', table => {
    table.comment('Tags of the versions, to search by');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('version', 64).notNullable().comment('Version');
    table.string('tag', 63).notNullable().comment('Tag');
    table.primary(['tag', 'model', 'version']);
  });

  for (const row of await knex('ml_versions').select()) {
    const key = { model: row.model, version: row.version };
    const card = JSON.parse(row.card);
    const seen = new Set();
    for (const metric of card.quantitativeAnalysis.performanceMetrics) {
      const name = metric.type.toLowerCase().slice(0, 200);
      const value = Number(metric.value);
      if (metric.slice || seen.has(name) || !Number.isFinite(value)) continue;
      seen.add(name);
      await knex('ml_version_metrics').insert({ ...key, metric: name, value });
    }
    for (const tag of new Set(JSON.parse(row.package).tags ?? [])) {
      await knex('ml_version_tags').insert({ ...key, tag });
    }
  }

  await knex.schema.createTable('ml_aliases', table => {
    table.comment('Names that point at versions and can be moved');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('name', 63).notNullable().comment('Name of the alias');
    table.string('version', 64).notNullable().comment('Where it points');
    table.string('moved_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('moved_by', 255).notNullable().comment('Who moved it last');
    table.text('reason').comment('Given by the person who moved it');
    table.primary(['model', 'name']);
    table.index(['model', 'version']);
    table.index(['name']);
  });

  await knex.schema.createTable('ml_alias_moves', table => {
    table.comment('Every move of every alias; never changed');
    table.bigIncrements('sequence').comment('Order of the moves');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('name', 63).notNullable().comment('Name of the alias');
    table.string('from_version', 64).comment('Null for the first move');
    table.string('to_version', 64).comment('Null when it was removed');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('by', 255).notNullable().comment('Who moved it');
    table.text('reason').comment('Given by the person who moved it');
    table.index(['model', 'name', 'sequence']);
  });

  await knex.schema.createTable('ml_alias_policies', table => {
    table.comment('Who may move an alias, and what a version needs for it');
    table.string('model', 63).notNullable().comment('Name of the model');
    table.string('name', 63).notNullable().comment('Name of the alias');
    table.text('policy').notNullable().comment('JSON object');
    table.primary(['model', 'name']);
  });

  await knex.schema.createTable('ml_approvals', table => {
    table.comment('Requests that a second person decides on');
    table.string('id', 36).primary().comment('UUID');
    table.string('kind', 32).notNullable().comment('version.delete, …');
    table.string('model', 63).notNullable().index().comment('Model concerned');
    table.string('subject_key', 255).notNullable().comment('Exact subject');
    table.text('subject').notNullable().comment('JSON object');
    table.text('reason').notNullable().comment('Why it is asked for');
    table.text('consequences').notNullable().comment('JSON array of sentences');
    table.string('state', 16).notNullable().comment('See ApprovalState');
    table
      .integer('open')
      .comment('1 while pending, else null: one open request per subject');
    table.string('requested_by', 255).notNullable().comment('Who asked');
    table.string('requested_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('expires_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('decided_by', 255).comment('Who decided');
    table.string('decided_at', 24).comment('ISO 8601, UTC');
    table.text('comment').comment('Given by the one who decided');
    table.unique(['kind', 'subject_key', 'open']);
    table.index(['requested_at', 'id']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_approvals');
  await knex.schema.dropTable('ml_alias_policies');
  await knex.schema.dropTable('ml_alias_moves');
  await knex.schema.dropTable('ml_aliases');
  await knex.schema.dropTable('ml_version_tags');
  await knex.schema.dropTable('ml_version_metrics');
  await knex.schema.alterTable('ml_versions', table => {
    table.dropColumn('deprecation');
    table.dropColumn('state');
  });
};
