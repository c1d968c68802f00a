// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_service_accounts', table => {
    table.comment(
      'Programs that act for a team; never changed but for their end',
    );
    table.string('ref', 160).primary().comment('service-account:<team>/<name>');
    table.string('team', 255).notNullable().index().comment('Group reference');
    table.string('name', 63).notNullable().comment('Name in the team');
    table.text('description').notNullable().comment('What it is for');
    table.string('owner', 255).notNullable().comment('Who answers for it');
    table.text('capabilities').notNullable().comment('JSON array');
    table.text('models').notNullable().comment('JSON array of names');
    table.text('environments').notNullable().comment('JSON array');
    table.text('trust').comment('JSON object: issuer, audience, subject');
    table.string('created_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('last_used_at', 24).comment('ISO 8601, UTC');
    table.string('last_used_as', 16).comment('api or gateway');
    table.string('revoked_at', 24).comment('ISO 8601, UTC');
    table.string('revoked_by', 255).comment('Who ended it');
    table.text('revoked_reason').comment('Why it was ended');
  });

  await knex.schema.createTable('ml_account_credentials', table => {
    table.comment('Tokens and certificates that were issued; not themselves');
    table.string('id', 64).primary().comment('Id of a token, or serial');
    table.string('account', 160).notNullable().index().comment('Its account');
    table.string('kind', 16).notNullable().comment('token or certificate');
    table.string('via', 16).notNullable().comment('How it was asked for');
    table.string('issued_to', 255).notNullable().comment('Who asked');
    table.string('issued_at', 24).notNullable().comment('ISO 8601, UTC');
    table.string('expires_at', 24).notNullable().index().comment('ISO 8601');
    table.string('revoked_at', 24).comment('ISO 8601, UTC');
    table.string('revoked_by', 255).comment('Who ended it before its time');
  });

  await knex.schema.createTable('ml_shown_proofs', table => {
    table.comment('What was shown for a token, so that it is shown only once');
    table.string('hash', 64).primary().comment('SHA-256 of it');
    table.string('expires_at', 24).notNullable().index().comment('ISO 8601');
  });

  await knex.schema.createTable('ml_access_state', table => {
    table.comment('What the data plane is told of service accounts; one row');
    table.integer('id').primary().comment('1');
    table.string('epoch', 36).notNullable().comment('UUID of this database');
    table.integer('revision').notNullable().comment('Grows with each change');
    table.text('authority').comment('Certificate of the authority, in PEM');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_access_state');
  await knex.schema.dropTable('ml_shown_proofs');
  await knex.schema.dropTable('ml_account_credentials');
  await knex.schema.dropTable('ml_service_accounts');
};
