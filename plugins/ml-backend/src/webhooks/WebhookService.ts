import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type EventType,
  mlWebhookManagePermission,
  type Page,
  type Webhook,
  type WebhookDelivery,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { SecretBox } from './SecretBox';
import { generateSecret } from './signature';
import { checkHost } from './targetAddress';
import { testEvent } from './testEvent';
import type { StoredWebhook, WebhookStore } from './WebhookStore';

export interface WebhookServiceOptions {
  store: WebhookStore;
  secrets: SecretBox;
  authorizer: Authorizer;
  audit: AuditLog;
  allowPrivateTargets: boolean;
  /** CloudEvents source. */
  source: string;
  /** Called when there is something to send. */
  onDue: () => void;
}

/** Who is told of events, and what became of it. */
export class WebhookService {
  readonly #options: WebhookServiceOptions;

  constructor(options: WebhookServiceOptions) {
    this.#options = options;
  }

  async list(context: RequestContext): Promise<Webhook[]> {
    await this.#authorize(context, 'webhooks');
    return this.#options.store.list();
  }

  async get(context: RequestContext, id: string): Promise<Webhook> {
    const { sealedSecret: _, ...webhook } = await this.#get(context, id);
    return webhook;
  }

  /** The secret is given here, and never again. */
  async create(
    context: RequestContext,
    request: { url: string; types?: EventType[]; model?: string },
  ): Promise<Webhook & { secret: string }> {
    const { secrets, store } = this.#options;
    await this.#authorize(context, 'webhooks');
    this.#checkUrl(request.url);
    const secret = generateSecret();
    const webhook: Webhook = {
      id: randomUUID(),
      url: request.url,
      types: [...new Set(request.types)],
      model: request.model,
      active: true,
      createdAt: new Date().toISOString(),
      createdBy: context.actor,
    };
    const sealedSecret = secrets.seal(secret, webhook.id);
    await store.transaction(async trx => {
      await store.create(trx, { ...webhook, sealedSecret });
      await this.#record(context, 'webhook.create', webhook, trx);
    });
    return { ...webhook, secret };
  }

  async remove(context: RequestContext, id: string): Promise<void> {
    const { store } = this.#options;
    const webhook = await this.#get(context, id);
    await store.transaction(async trx => {
      if (!(await store.remove(trx, id))) throw notFound(id);
      await this.#record(context, 'webhook.remove', webhook, trx);
    });
  }

  /** Nothing is sent from now on; what is to be sent waits. */
  async pause(context: RequestContext, id: string): Promise<Webhook> {
    const { store } = this.#options;
    const webhook = await this.#get(context, id);
    await store.transaction(async trx => {
      if (!(await store.pause(trx, id, context.actor))) return;
      await this.#record(context, 'webhook.pause', webhook, trx);
    });
    return this.get(context, id);
  }

  /** Ends a pause, and makes a webhook active again whose receiver was gone. */
  async resume(context: RequestContext, id: string): Promise<Webhook> {
    const { onDue, store } = this.#options;
    const webhook = await this.#get(context, id);
    await store.transaction(async trx => {
      if (!(await store.resume(trx, id))) return;
      await this.#record(context, 'webhook.resume', webhook, trx);
    });
    onDue();
    return this.get(context, id);
  }

  /** Sends an event that tells of nothing, to this webhook alone. */
  async test(context: RequestContext, id: string): Promise<WebhookDelivery> {
    const { onDue, source, store } = this.#options;
    const webhook = await this.#get(context, id);
    checkActive(webhook);
    if (webhook.pausedAt) {
      throw new ConflictError(
        `The webhook ${id} is paused, so nothing would be sent; resume it with: ml webhooks resume ${id}`,
      );
    }
    const event = testEvent(webhook, { source, actor: context.actor });
    const delivery = await store.transaction(async trx => {
      const created = await store.sendAlone(trx, id, event);
      await this.#record(context, 'webhook.test', webhook, trx, {
        event: event.id,
      });
      return created;
    });
    onDue();
    return delivery;
  }

  async deliveries(
    context: RequestContext,
    id: string,
    query: { limit: number; cursor?: string },
  ): Promise<Page<WebhookDelivery>> {
    await this.#get(context, id);
    return this.#options.store.listDeliveries(id, query);
  }

  async replay(
    context: RequestContext,
    id: string,
    deliveryId: string,
  ): Promise<WebhookDelivery> {
    const { onDue, store } = this.#options;
    const webhook = await this.#get(context, id);
    const delivery = await store.getDelivery(id, deliveryId);
    if (!delivery) {
      throw new NotFoundError(
        `The webhook ${id} has no delivery ${deliveryId}; they are kept for 30 days`,
      );
    }
    checkActive(webhook);
    const repeated = await store.transaction(async trx => {
      const created = await store.repeat(trx, delivery);
      await this.#record(context, 'webhook.replay', webhook, trx, {
        event: delivery.event,
      });
      return created;
    });
    onDue();
    return repeated;
  }

  async #get(context: RequestContext, id: string): Promise<StoredWebhook> {
    await this.#authorize(context, `webhook:${id}`);
    const webhook = await this.#options.store.get(id);
    if (!webhook) throw notFound(id);
    return webhook;
  }

  #authorize(context: RequestContext, resource: string): Promise<void> {
    const { authorizer } = this.#options;
    return authorizer.require(context, mlWebhookManagePermission, resource);
  }

  /** Names are checked at each connection; this spares a wait for what can be seen at once. */
  #checkUrl(text: string): void {
    const url = new URL(text);
    if (url.username || url.password) {
      throw new InputError('url: has a user name or password; leave it away');
    }
    if (this.#options.allowPrivateTargets) return;
    if (url.protocol !== 'https:') {
      throw new InputError(
        'url: must start with https:// unless ml.webhooks.allowPrivateTargets is set',
      );
    }
    try {
      checkHost(url.hostname);
    } catch (error) {
      throw new InputError(`url: ${(error as Error).message}`);
    }
  }

  async #record(
    context: RequestContext,
    action: string,
    webhook: Webhook,
    trx: Knex.Transaction,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await this.#options.audit.record(
      {
        actor: context.actor,
        action,
        resource: `webhook:${webhook.id}`,
        outcome: 'succeeded',
        // Paths and queries of receivers often are secrets themselves.
        details: {
          host: new URL(webhook.url).host,
          types: webhook.types,
          ...(webhook.model && { model: webhook.model }),
          ...details,
        },
        requestId: context.requestId,
      },
      trx,
    );
  }
}

function checkActive({ active, id }: Webhook): void {
  if (active) return;
  throw new ConflictError(
    `The webhook ${id} is not active any more, since its receiver answered 410 Gone; when the receiver is back: ml webhooks resume ${id}`,
  );
}

function notFound(id: string): NotFoundError {
  return new NotFoundError(
    `There is no webhook ${id}; 'ml webhooks list' shows those there are`,
  );
}
