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

  /** The secret that signs deliveries is given here, and never again. */
  create(request: {
    url: string;
    types?: EventType[];
    model?: string;
  }): Promise<Webhook & { secret: string }> {
    return this.#transport.request('POST', '/webhooks', { body: request });
  }

  remove(id: string): Promise<void> {
    return this.#transport.request(
      'DELETE',
      `/webhooks/${encodeURIComponent(id)}`,
    );
  }

  /** Newest first. */
  deliveries(
    id: string,
    query: { limit?: number; cursor?: string } = {},
  ): Promise<Page<WebhookDelivery>> {
    return this.#transport.request(
      'GET',
      `/webhooks/${encodeURIComponent(id)}/deliveries${toQuery({ ...query })}`,
    );
  }

  /** Sends a delivery again, as a new one. */
  replay(id: string, delivery: string): Promise<WebhookDelivery> {
    return this.#transport.request(
      'POST',
      `/webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(
        delivery,
      )}/replay`,
    );
  }
}
