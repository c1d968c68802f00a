import type { AuditEvent } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { type EventRow, toEvent } from '../rows';
import { operationOf } from './operationOf';

/** Entries that are looked at in one go. */
const BATCH = 5_000;
/** Outcomes of one resource that may be the one. */
const CANDIDATES = 500;

export interface MissingOutcomesOptions {
  knex: Knex;
  /** An outcome is missing when it is not there after so many milliseconds. */
  afterMs: number;
  /** Whether what was intended is known to be under way still. */
  isRunning: (intent: AuditEvent) => Promise<boolean>;
}

/**
 * Finds intents that have no outcome: a process died in between, or somebody
 * took the outcome away. Each intent is looked at once, when its time is up, and
 * again for as long as its operation runs.
 */
export class MissingOutcomes {
  readonly #options: MissingOutcomesOptions;

  constructor(options: MissingOutcomesOptions) {
    this.#options = options;
  }

  /** Who dies in between is told again: telling twice must do no harm. */
  async find(tell: (intent: AuditEvent) => Promise<void>): Promise<void> {
    await this.#lookAgain(tell);
    await this.#lookFurther(tell);
  }

  async #lookAgain(tell: (intent: AuditEvent) => Promise<void>): Promise<void> {
    const { knex } = this.#options;
    const rows = await knex<EventRow>('ml_audit_waiting')
      .join(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_waiting.sequence',
      )
      .orderBy('ml_audit_events.sequence')
      .limit(BATCH)
      .select<EventRow[]>('ml_audit_events.*');
    for (const row of rows) {
      const state = await this.#stateOf(row);
      if (state === 'missing') await tell(toEvent(row));
      if (state === 'running') continue;
      await knex('ml_audit_waiting').where({ sequence: row.sequence }).delete();
    }
  }

  async #lookFurther(
    tell: (intent: AuditEvent) => Promise<void>,
  ): Promise<void> {
    const { afterMs, knex } = this.#options;
    const due = new Date(Date.now() - afterMs).toISOString();
    const watch = await knex('ml_audit_watch').where({ id: 1 }).first();
    const rows = await knex<EventRow>('ml_audit_events')
      .where('sequence', '>', watch.intents_until)
      .where('at', '<', due)
      .orderBy('sequence')
      .limit(BATCH);
    for (const row of rows.filter(({ outcome }) => outcome === 'intended')) {
      const state = await this.#stateOf(row);
      if (state === 'missing') await tell(toEvent(row));
      if (state === 'running') {
        await knex('ml_audit_waiting')
          .insert({ sequence: row.sequence })
          .onConflict('sequence')
          .ignore();
      }
    }
    const last = rows.at(-1);
    if (!last) return;
    await knex('ml_audit_watch')
      .where({ id: 1 })
      .update({ intents_until: last.sequence });
  }

  async #stateOf(row: EventRow): Promise<'answered' | 'running' | 'missing'> {
    const intent = toEvent(row);
    const { action, key, resource } = operationOf(intent);
    const later: EventRow[] = await this.#options
      .knex('ml_audit_events')
      .where({ resource, ...(action && { action }) })
      .where('sequence', '>', row.sequence)
      .whereNot('outcome', 'intended')
      .modify(builder => {
        if (key.startsWith('request:')) {
          builder.where('request_id', row.request_id);
        }
      })
      .orderBy('sequence')
      .limit(CANDIDATES);
    if (later.some(other => operationOf(toEvent(other)).key === key)) {
      return 'answered';
    }
    return (await this.#options.isRunning(intent)) ? 'running' : 'missing';
  }
}
