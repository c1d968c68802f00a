// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_artifact_blobs', table => {
    table.comment('Blobs whose bytes lie in the artifact directory, once each');
    table.string('digest', 71).primary().comment('sha256:<64 hex digits>');
    table.bigInteger('size').notNullable().comment('Bytes');
    table.dateTime('created_at').notNullable().comment('First commit');
  });

  await knex.schema.createTable('ml_artifact_repository_blobs', table => {
    table.comment('Which repository may read which blob');
    table.string('repository', 255).notNullable().comment('OCI repository');
    table
      .string('digest', 71)
      .notNullable()
      .references('digest')
      .inTable('ml_artifact_blobs')
      .comment('The blob');
    table.dateTime('created_at').notNullable().comment('Push or mount');
    table.primary(['repository', 'digest']);
  });

  await knex.schema.createTable('ml_artifact_manifests', table => {
    table.comment('OCI manifests and indexes, immutable');
    table.string('repository', 255).notNullable().comment('OCI repository');
    table.string('digest', 71).notNullable().comment('Digest of the content');
    table.string('media_type', 255).notNullable().comment('As it was pushed');
    table
      .string('artifact_type', 255)
      .comment('artifactType, or else the media type of the config');
    table.bigInteger('size').notNullable().comment('Bytes of the content');
    table
      .binary('content')
      .notNullable()
      .comment('The exact bytes, 4 MiB at most');
    table
      .string('subject_digest', 71)
      .comment('The manifest that this one refers to; need not exist');
    table
      .text('referrer')
      .comment('Descriptor for the referrers list, JSON; set with the subject');
    table.dateTime('created_at').notNullable().comment('First push');
    table.primary(['repository', 'digest']);
    table.index(
      ['repository', 'subject_digest', 'digest'],
      'ml_artifact_manifests_subject_idx',
    );
  });

  await knex.schema.createTable('ml_artifact_tags', table => {
    table.comment('Names of manifests');
    table.string('repository', 255).notNullable().comment('OCI repository');
    table.string('tag', 128).notNullable().comment('The name');
    table
      .string('digest', 71)
      .notNullable()
      .comment('The manifest it points to');
    table.dateTime('created_at').notNullable().comment('First push');
    table.dateTime('updated_at').notNullable().comment('Last change');
    table.primary(['repository', 'tag']);
    table
      .foreign(['repository', 'digest'], 'ml_artifact_tags_manifest_fk')
      .references(['repository', 'digest'])
      .inTable('ml_artifact_manifests');
  });

  await knex.schema.createTable('ml_artifact_uploads', table => {
    table.comment('Uploads under way; their bytes lie in uploads/<id>');
    table.string('id', 36).primary().comment('UUID');
    table.string('repository', 255).notNullable().comment('OCI repository');
    table
      .string('verified_digest', 71)
      .comment('Set when all bytes were verified, before the file is moved');
    table.dateTime('created_at').notNullable().comment('Start of the upload');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_artifact_uploads');
  await knex.schema.dropTable('ml_artifact_tags');
  await knex.schema.dropTable('ml_artifact_manifests');
  await knex.schema.dropTable('ml_artifact_repository_blobs');
  await knex.schema.dropTable('ml_artifact_blobs');
};
