import { randomUUID } from 'node:crypto';
import type { EventType, MlEvent } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { DeliveryChannel } from './DeliveryChannel';
import type { EventOutbox, OutboxEvent } from './EventOutbox';
import { type EventRow, toWebhook, type WebhookRow } from './rows';

const LEASE_MS = 30_000;

/**
 * The outbox in the database. An event and the deliveries to the webhooks of
 * that moment are written in the transaction of the change.
 */
export class OutboxStore implements EventOutbox {
  readonly #knex: Knex;
  readonly #source: string;
  readonly #channels: readonly DeliveryChannel[];
  #onCommitted = () => {};

  constructor(options: {
    knex: Knex;
    /** CloudEvents source. */
    source: string;
    /** None by default. */
    channels?: readonly DeliveryChannel[];
  }) {
    this.#knex = options.knex;
    this.#source = options.source;
    this.#channels = options.channels ?? [];
  }

  /** Called when there are events to tell. */
  onCommitted(listener: () => void): void {
    this.#onCommitted = listener;
  }

  async append(event: OutboxEvent, trx: Knex.Transaction): Promise<void> {
    const { actor, data, model, subject, type } = event;
    const body: MlEvent = {
      specversion: '1.0',
      id: randomUUID(),
      source: this.#source,
      type,
      subject,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { ...data, model, actor },
    };
    await trx('ml_events').insert({
      id: body.id,
      type,
      at: body.time,
      body: JSON.stringify(body),
      unpublished: 1,
    });
    const webhooks = (
      await trx<WebhookRow>('ml_webhooks').where({ active: true })
    ).map(toWebhook);
    for (const webhook of webhooks) {
      if (webhook.model && webhook.model !== model) continue;
      if (webhook.types.length && !webhook.types.includes(type)) continue;
      await insertDelivery(trx, { webhook: webhook.id, event: body.id, type });
    }
    for (const channel of this.#channels) {
      if (!channel.wants(type)) continue;
      await insertDelivery(trx, { webhook: channel.id, event: body.id, type });
    }
    trx.executionPromise.then(
      () => this.#onCommitted(),
      () => {},
    );
  }

  /** Takes the next event that is to be published, so that nobody else does. */
  async claimUnpublished(): Promise<MlEvent | undefined> {
    for (;;) {
      const now = new Date();
      const free = (builder: Knex.QueryBuilder) =>
        builder.where(nested =>
          nested
            .whereNull('lease_until')
            .orWhere('lease_until', '<', now.toISOString()),
        );
      const row = await this.#knex<EventRow>('ml_events')
        .where({ unpublished: 1 })
        .modify(free)
        .orderBy('sequence')
        .first();
      if (!row) return undefined;
      const claimed = await this.#knex<EventRow>('ml_events')
        .where({ id: row.id, unpublished: 1 })
        .modify(free)
        .update({
          lease_until: new Date(now.getTime() + LEASE_MS).toISOString(),
        });
      if (claimed) return JSON.parse(row.body);
    }
  }

  async markPublished(id: string): Promise<void> {
    await this.#knex<EventRow>('ml_events')
      .where({ id })
      .update({ unpublished: null, lease_until: null });
  }

  /** The event as it is sent, byte for byte. */
  async getBody(id: string): Promise<string | undefined> {
    const row = await this.#knex<EventRow>('ml_events').where({ id }).first();
    return row?.body;
  }

  /** Forgets events that were told to everybody before the given time. */
  async prune(before: Date): Promise<void> {
    const at = before.toISOString();
    await this.#knex('ml_webhook_deliveries')
      .whereNot('state', 'pending')
      .where('created_at', '<', at)
      .delete();
    await this.#knex('ml_events')
      .whereNull('unpublished')
      .where('at', '<', at)
      .whereNotIn('id', this.#knex('ml_webhook_deliveries').select('event'))
      .delete();
  }
}

/** Has an event sent to a webhook as soon as possible. */
export async function insertDelivery(
  trx: Knex.Transaction,
  delivery: { webhook: string; event: string; type: EventType },
): Promise<string> {
  const id = randomUUID();
  const now = new Date().toISOString();
  await trx('ml_webhook_deliveries').insert({
    ...delivery,
    id,
    state: 'pending',
    attempts: 0,
    created_at: now,
    next_attempt_at: now,
  });
  return id;
}
