// @ts-check

const REFUSAL = 'audit events are never changed nor removed';

/**
 * An event may go when the segment that its leaf is in was disposed of; the
 * leaf itself stays.
 */
const DISPOSED = `exists (
  select 1 from ml_audit_leaves leaf
  join ml_audit_segments segment
    on leaf.position >= segment.start_position
    and leaf.position < segment.end_position
  where leaf.sequence = old.sequence and segment.disposed_at is not null
)`;

/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('ml_audit_segments', table => {
    table.comment('Months of the audit log that are over');
    table.string('month', 7).primary().comment('e.g. 2026-11');
    table.bigInteger('start_position').notNullable().comment('First leaf');
    table.bigInteger('end_position').notNullable().comment('After the last');
    table
      .string('digest', 64)
      .notNullable()
      .comment('SHA-256 over the hashes of its leaves, hex');
    table.string('sealed_at', 24).notNullable().comment('ISO 8601, UTC');
    table.text('note').notNullable().comment('Signed statement of all this');
    table.string('disposed_at', 24).comment('When its events were removed');
    table
      .text('disposal_note')
      .comment(
        'Signed statement that they were removed, and by whose approval',
      );
  });
  await knex.schema.createTable('ml_audit_holds', table => {
    table.comment('Legal holds: nothing in these months is disposed of');
    table.string('id', 36).primary().comment('UUID');
    table.text('reason').notNullable();
    table.string('since', 7).comment('First month; from the beginning if null');
    table.string('until', 7).comment('Last month; without an end if null');
    table.string('placed_at', 24).notNullable();
    table.string('placed_by', 255).notNullable();
    table.string('released_at', 24);
    table.string('released_by', 255).comment('Who approved of it');
  });

  if (knex.client.config.client === 'pg') {
    await knex.raw(
      `create function ml_audit_event_guard() returns trigger language plpgsql as
       $$ begin
         if tg_op = 'DELETE' then
           if ${DISPOSED} then return old; end if;
         end if;
         raise exception '${REFUSAL}';
       end $$`,
    );
    await guardEvents(knex, 'ml_audit_event_guard');
  } else {
    await knex.raw('drop trigger ml_audit_events_no_delete');
    await knex.raw(
      `create trigger ml_audit_events_no_delete before delete on ml_audit_events
       when not ${DISPOSED}
       begin select raise(abort, '${REFUSAL}'); end`,
    );
  }
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  if (knex.client.config.client === 'pg') {
    await guardEvents(knex, 'ml_audit_append_only');
    await knex.raw('drop function ml_audit_event_guard()');
  } else {
    await knex.raw('drop trigger ml_audit_events_no_delete');
    await knex.raw(
      `create trigger ml_audit_events_no_delete before delete on ml_audit_events
       begin select raise(abort, '${REFUSAL}'); end`,
    );
  }
  await knex.schema.dropTable('ml_audit_holds');
  await knex.schema.dropTable('ml_audit_segments');
};

/**
 * @param {import('knex').Knex} knex
 * @param {string} guard
 */
async function guardEvents(knex, guard) {
  await knex.raw('drop trigger ml_audit_events_append_only on ml_audit_events');
  await knex.raw(
    `create trigger ml_audit_events_append_only before update or delete on ml_audit_events
     for each row execute function ${guard}()`,
  );
}
