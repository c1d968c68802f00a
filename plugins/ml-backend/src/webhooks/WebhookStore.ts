import type {
  MlEvent,
  Page,
  Webhook,
  WebhookDelivery,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { insertDelivery } from './OutboxStore';
import {
  type DeliveryRow,
  toDelivery,
  toWebhook,
  type WebhookRow,
} from './rows';

/** With its secret, encrypted. */
export type StoredWebhook = Webhook & { sealedSecret: string };

/** Webhooks, and what became of the deliveries to them. */
export class WebhookStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async list(): Promise<Webhook[]> {
    const rows = await this.#knex<WebhookRow>('ml_webhooks').orderBy([
      'created_at',
      'id',
    ]);
    return rows.map(toWebhook);
  }

  async get(id: string): Promise<StoredWebhook | undefined> {
    const row = await this.#knex<WebhookRow>('ml_webhooks')
      .where({ id })
      .first();
    return row && { ...toWebhook(row), sealedSecret: row.secret };
  }

  async create(trx: Knex.Transaction, webhook: StoredWebhook): Promise<void> {
    await trx('ml_webhooks').insert({
      id: webhook.id,
      url: webhook.url,
      types: JSON.stringify(webhook.types),
      model: webhook.model ?? null,
      active: webhook.active,
      secret: webhook.sealedSecret,
      created_at: webhook.createdAt,
      created_by: webhook.createdBy,
    });
  }

  /** @returns whether it was there */
  async remove(trx: Knex.Transaction, id: string): Promise<boolean> {
    const removed = await trx('ml_webhooks').where({ id }).delete();
    await trx('ml_webhook_deliveries').where({ webhook: id }).delete();
    return Boolean(removed);
  }

  /** @returns whether it was active */
  async deactivate(trx: Knex.Transaction, id: string): Promise<boolean> {
    const changed = await trx('ml_webhooks')
      .where({ id, active: true })
      .update({ active: false });
    return Boolean(changed);
  }

  /** @returns whether it was not paused */
  async pause(trx: Knex.Transaction, id: string, by: string): Promise<boolean> {
    const changed = await trx<WebhookRow>('ml_webhooks')
      .where({ id })
      .whereNull('paused_at')
      .update({ paused_at: new Date().toISOString(), paused_by: by });
    return Boolean(changed);
  }

  /** @returns whether it was paused or inactive */
  async resume(trx: Knex.Transaction, id: string): Promise<boolean> {
    const changed = await trx<WebhookRow>('ml_webhooks')
      .where({ id })
      .where(nested =>
        nested.whereNotNull('paused_at').orWhere('active', false),
      )
      .update({ paused_at: null, paused_by: null, active: true });
    return Boolean(changed);
  }

  /** Writes an event for this webhook alone; nobody else is told of it. */
  async sendAlone(
    trx: Knex.Transaction,
    webhook: string,
    event: MlEvent,
  ): Promise<WebhookDelivery> {
    const { id: eventId, time, type } = event;
    await trx('ml_events').insert({
      id: eventId,
      type,
      at: time,
      body: JSON.stringify(event),
      unpublished: null,
    });
    const id = await insertDelivery(trx, { webhook, event: eventId, type });
    return (await this.getDelivery(webhook, id, trx))!;
  }

  async getDelivery(
    webhook: string,
    id: string,
    trx?: Knex.Transaction,
  ): Promise<WebhookDelivery | undefined> {
    const row = await (trx ?? this.#knex)<DeliveryRow>('ml_webhook_deliveries')
      .where({ webhook, id })
      .first();
    return row && toDelivery(row);
  }

  /** Newest first. */
  async listDeliveries(
    webhook: string,
    query: { limit: number; cursor?: string },
  ): Promise<Page<WebhookDelivery>> {
    const rows = await this.#knex<DeliveryRow>('ml_webhook_deliveries')
      .where({ webhook })
      .modify(builder => {
        if (query.cursor) {
          builder.where('sequence', '<', Number(decodeCursor(query.cursor)));
        }
      })
      .orderBy('sequence', 'desc')
      .limit(query.limit + 1);
    const page = rows.slice(0, query.limit);
    return {
      items: page.map(toDelivery),
      ...(rows.length > query.limit && {
        nextCursor: encodeCursor(String(page[page.length - 1].sequence)),
      }),
    };
  }

  async repeat(
    trx: Knex.Transaction,
    delivery: WebhookDelivery,
  ): Promise<WebhookDelivery> {
    const { event, type, webhook } = delivery;
    const id = await insertDelivery(trx, { webhook, event, type });
    return (await this.getDelivery(webhook, id, trx))!;
  }
}
