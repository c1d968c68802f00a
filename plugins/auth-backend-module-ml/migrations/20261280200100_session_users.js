// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_session_users', table => {
    table.comment(
      'Whose a session is, so that its end can be recorded by name',
    );
    table
      .string('session', 16)
      .primary()
      .comment(
        'Name of the session: of a hash of its token, which is not kept',
      );
    table.string('user', 255).notNullable().comment('Entity reference');
    table
      .dateTime('at')
      .notNullable()
      .index()
      .comment('When the token was given');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_session_users');
};
