// @ts-check

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_audit_cosignatures', table => {
    table.comment('The newest checkpoint that each witness has cosigned');
    table.string('witness', 255).primary().comment('Name in its key');
    table.bigInteger('size').notNullable().comment('Leaves it covers');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.text('note').notNullable().comment('C2SP signed note, cosigned');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('ml_audit_cosignatures');
};
