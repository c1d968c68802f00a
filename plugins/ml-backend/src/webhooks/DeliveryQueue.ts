import type { WebhookDelivery } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { type DeliveryRow, toDelivery } from './rows';

/** How an attempt ended. */
export interface AttemptOutcome {
  state: WebhookDelivery['state'];
  status?: number;
  error?: string;
  nextAttemptAt?: Date;
}

/** Longer than an attempt may take, so that a lease never runs out in one. */
const LEASE_MS = 60_000;

/** Hands deliveries that are due out, each to one process at a time. */
export class DeliveryQueue {
  readonly #knex: Knex;
  readonly #owner: string;

  constructor(options: { knex: Knex; owner: string }) {
    this.#knex = options.knex;
    this.#owner = options.owner;
  }

  /** Webhooks to which something is to be sent now. */
  async listDueWebhooks(): Promise<string[]> {
    const rows = await this.#due(new Date()).distinct('webhook');
    return rows.map(({ webhook }) => webhook);
  }

  /** When the next delivery that nobody works on is due. */
  async getNextDue(): Promise<Date | undefined> {
    const row = await this.#knex<DeliveryRow>('ml_webhook_deliveries')
      .where({ state: 'pending' })
      .whereNull('lease_until')
      .whereNotIn('webhook', this.#paused())
      .orderBy('next_attempt_at')
      .first('next_attempt_at');
    return row?.next_attempt_at ? new Date(row.next_attempt_at) : undefined;
  }

  async claim(webhook: string): Promise<WebhookDelivery | undefined> {
    for (;;) {
      const now = new Date();
      const row = await this.#due(now)
        .where({ webhook })
        .orderBy(['next_attempt_at', 'sequence'])
        .first();
      if (!row) return undefined;
      const claimed = await this.#due(now)
        .where({ id: row.id })
        .update({
          lease_owner: this.#owner,
          lease_until: new Date(now.getTime() + LEASE_MS).toISOString(),
        });
      if (claimed) return toDelivery(row);
    }
  }

  async settle(id: string, outcome: AttemptOutcome): Promise<void> {
    await this.#knex<DeliveryRow>('ml_webhook_deliveries')
      .where({ id, lease_owner: this.#owner })
      .update({
        state: outcome.state,
        attempts: this.#knex.raw('attempts + 1'),
        last_status: outcome.status ?? null,
        last_error: outcome.error?.slice(0, 2000) ?? null,
        next_attempt_at: outcome.nextAttemptAt?.toISOString() ?? null,
        delivered_at:
          outcome.state === 'delivered' ? new Date().toISOString() : null,
        lease_owner: null,
        lease_until: null,
      } as object);
  }

  /** Deliveries to a webhook that was removed while they were written. */
  async drop(webhook: string): Promise<void> {
    await this.#knex('ml_webhook_deliveries').where({ webhook }).delete();
  }

  #paused() {
    return this.#knex('ml_webhooks').whereNotNull('paused_at').select('id');
  }

  #due(now: Date) {
    const at = now.toISOString();
    return this.#knex<DeliveryRow>('ml_webhook_deliveries')
      .where({ state: 'pending' })
      .where('next_attempt_at', '<=', at)
      .whereNotIn('webhook', this.#paused())
      .where(nested =>
        nested.whereNull('lease_until').orWhere('lease_until', '<', at),
      );
  }
}
