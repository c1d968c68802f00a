import type { Page } from '../registry/types';
import type { EventType, Webhook, WebhookDelivery } from '../webhooks/types';
import { type MlTransport, toQuery } from './MlTransport';

/**
 * Receivers of events.
 * @public
 */
export class WebhooksClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  list(): Promise<{ items: Webhook[] }> {
    return this.#transport.request('GET', '/webhooks');
  }

  get(id: string): Promise<Webhook> {
    return this.#transport.request('GET', pathOf(id));
  }

  /** The secret that signs deliveries is given here, and never again. */
  create(request: {
    url: string;
    types?: EventType[];
    model?: string;
  }): Promise<Webhook & { secret: string }> {
    return this.#transport.request('POST', '/webhooks', { body: request });
  }

  remove(id: string): Promise<void> {
    return this.#transport.request('DELETE', pathOf(id));
  }

  /** Sends nothing until it is resumed; what is to be sent waits. */
  pause(id: string): Promise<Webhook> {
    return this.#transport.request('PUT', `${pathOf(id)}/pause`);
  }

  /** Sends what has waited, also after the receiver was gone. */
  resume(id: string): Promise<Webhook> {
    return this.#transport.request('DELETE', `${pathOf(id)}/pause`);
  }

  /** Sends an event that tells of nothing, to this webhook alone. */
  test(id: string): Promise<WebhookDelivery> {
    return this.#transport.request('POST', `${pathOf(id)}/test`);
  }

  /** Newest first. */
  deliveries(
    id: string,
    query: { limit?: number; cursor?: string } = {},
  ): Promise<Page<WebhookDelivery>> {
    return this.#transport.request(
      'GET',
      `${pathOf(id)}/deliveries${toQuery({ ...query })}`,
    );
  }

  /** Sends a delivery again, as a new one. */
  replay(id: string, delivery: string): Promise<WebhookDelivery> {
    return this.#transport.request(
      'POST',
      `${pathOf(id)}/deliveries/${encodeURIComponent(delivery)}/replay`,
    );
  }
}

function pathOf(id: string): string {
  return `/webhooks/${encodeURIComponent(id)}`;
}
