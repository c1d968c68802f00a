import type { EventType } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** What happened; id, time and source are added. */
export interface OutboxEvent {
  type: EventType;
  /** Absent for what is about the platform. */
  model?: string;
  /** E.g. `wine-classifier@1.0.0`. */
  subject: string;
  /** Who did it. */
  actor: string;
  data?: Record<string, unknown>;
}

/** Takes events that are to be told to others. */
export interface EventOutbox {
  /** The event is told if the transaction is committed, and only then. */
  append(event: OutboxEvent, transaction: Knex.Transaction): Promise<void>;
}
