// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_models', table => {
    table.comment('Models: what a team owns');
    table.string('name', 63).primary().comment('Name, unique');
    table.text('title').notNullable().comment('Title for people');
    table.text('description').notNullable().comment('What the model does');
    table
      .string('owner', 255)
      .notNullable()
      .index()
      .comment('Full entity reference of the owning group or user');
    table.string('system', 255).comment('Full entity reference of the system');
    table
      .text('depends_on')
      .notNullable()
      .comment('JSON array of full entity references');
    table.text('tags').notNullable().comment('JSON array of tags');
    table
      .string('latest_version', 64)
      .notNullable()
      .comment('Highest version that is not a pre-release, else the highest');
    table.integer('version_count').notNullable().comment('Number of versions');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('created_by', 255).notNullable().comment('Who registered it');
    table.string('updated_at', 24).notNullable().comment('ISO 8601, UTC');
  });

  await knex.schema.createTable('ml_versions', table => {
    table.comment('Versions: immutable, one OCI manifest each');
    table
      .string('model', 63)
      .notNullable()
      .references('name')
      .inTable('ml_models')
      .comment('Name of the model');
    table.string('version', 64).notNullable().comment('Semantic version');
    table
      .string('sort_key', 512)
      .notNullable()
      .comment('Orders versions by semver precedence in any collation');
    table.integer('major').notNullable().comment('API version');
    table.string('digest', 71).notNullable().comment('Digest of the manifest');
    table.string('repository', 255).notNullable().comment('OCI repository');
    table.string('format', 16).notNullable().comment('onnx, mlserver, …');
    table.text('package').notNullable().comment('model.yaml as JSON');
    table.text('card').notNullable().comment('card.yaml as JSON');
    table.text('files').notNullable().comment('JSON array of the files');
    table.bigInteger('size_bytes').notNullable().comment('Size of all files');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('created_by', 255).notNullable().comment('Who registered it');
    table.primary(['model', 'version']);
    table.index(['model', 'sort_key']);
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_versions');
  await knex.schema.dropTable('ml_models');
};
