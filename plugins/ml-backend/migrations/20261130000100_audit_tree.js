// @ts-check

const APPEND_ONLY = ['ml_audit_events', 'ml_audit_leaves', 'ml_audit_nodes'];

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('ml_audit_events', table => {
    table
      .string('seal', 64)
      .comment(
        'HMAC-SHA-256 of the canonical entry, hex; absent when the platform has no key',
      );
    table.index(['actor', 'sequence'], 'ml_audit_events_actor_idx');
    table.index(['action', 'sequence'], 'ml_audit_events_action_idx');
    table.index(['at'], 'ml_audit_events_at_idx');
  });
  await knex.schema.createTable('ml_audit_pending', table => {
    table.comment('Audit events that are not in the tree yet');
    table.bigInteger('sequence').primary().comment('Of ml_audit_events');
    table
      .string('refused', 255)
      .comment('Why it is not taken into the tree, if so');
  });
  await knex.schema.createTable('ml_audit_leaves', table => {
    table.comment('Leaves of the Merkle tree (RFC 6962) over the audit events');
    table.bigInteger('position').primary().comment('From 0, without a gap');
    table
      .bigInteger('sequence')
      .notNullable()
      .unique()
      .comment('Of ml_audit_events');
    table.string('hash', 64).notNullable().comment('Leaf hash, hex');
  });
  await knex.schema.createTable('ml_audit_nodes', table => {
    table.comment('Complete subtrees of more than one leaf');
    table.integer('level').notNullable().comment('Covers 2^level leaves');
    table
      .bigInteger('position')
      .notNullable()
      .comment('Covers the leaves from position * 2^level on');
    table.string('hash', 64).notNullable().comment('Node hash, hex');
    table.primary(['level', 'position']);
  });
  await knex.schema.createTable('ml_audit_head', table => {
    table.comment('One row: the lock of whoever appends, and the size');
    table.integer('id').primary();
    table.bigInteger('size').notNullable().comment('Leaves in the tree');
    table
      .bigInteger('unsealed_until')
      .notNullable()
      .comment('Events up to this sequence are older than seals');
    table.text('verification').comment('JSON: what the last check found');
  });
  await knex.schema.createTable('ml_audit_checkpoints', table => {
    table.comment('Signed states of the tree');
    table.increments('id');
    table.bigInteger('size').notNullable().comment('Leaves it covers');
    table.string('at', 24).notNullable().comment('ISO 8601, UTC');
    table.text('note').notNullable().comment('C2SP signed note');
  });

  // What is there already goes into the tree first, in its order.
  await knex.raw(
    'insert into ml_audit_pending (sequence) select sequence from ml_audit_events',
  );
  await knex('ml_audit_head').insert({
    id: 1,
    size: 0,
    unsealed_until: knex('ml_audit_events').select(
      knex.raw('coalesce(max(sequence), 0)'),
    ),
  });

  const isPostgres = knex.client.config.client === 'pg';
  if (isPostgres) {
    await knex.raw(
      `create function ml_audit_append_only() returns trigger language plpgsql as
       $$ begin raise exception 'audit events are never changed nor removed'; end $$`,
    );
  }
  for (const table of APPEND_ONLY) {
    if (isPostgres) {
      await knex.raw(
        `create trigger ${table}_append_only before update or delete on ${table}
         for each row execute function ml_audit_append_only()`,
      );
    } else {
      for (const verb of ['update', 'delete']) {
        await knex.raw(
          `create trigger ${table}_no_${verb} before ${verb} on ${table}
           begin select raise(abort, 'audit events are never changed nor removed'); end`,
        );
      }
    }
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  const isPostgres = knex.client.config.client === 'pg';
  for (const table of APPEND_ONLY) {
    if (isPostgres) {
      await knex.raw(`drop trigger ${table}_append_only on ${table}`);
    } else {
      await knex.raw(`drop trigger ${table}_no_update`);
      await knex.raw(`drop trigger ${table}_no_delete`);
    }
  }
  if (isPostgres) await knex.raw('drop function ml_audit_append_only()');
  for (const table of [
    'ml_audit_checkpoints',
    'ml_audit_head',
    'ml_audit_nodes',
    'ml_audit_leaves',
    'ml_audit_pending',
  ]) {
    await knex.schema.dropTable(table);
  }
  await knex.schema.alterTable('ml_audit_events', table => {
    table.dropIndex([], 'ml_audit_events_actor_idx');
    table.dropIndex([], 'ml_audit_events_action_idx');
    table.dropIndex([], 'ml_audit_events_at_idx');
    table.dropColumn('seal');
  });
};
