import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { WebhookDelivery } from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { DeliveryChannel } from './DeliveryChannel';
import type { AttemptOutcome, DeliveryQueue } from './DeliveryQueue';
import type { OutboxStore } from './OutboxStore';
import { postEvent } from './postEvent';
import { nextAttempt } from './retry';
import type { SecretBox } from './SecretBox';
import { signatureHeaders } from './signature';
import type { StoredWebhook, WebhookStore } from './WebhookStore';

export interface WebhookDispatcherOptions {
  outbox: OutboxStore;
  queue: DeliveryQueue;
  store: WebhookStore;
  secrets: SecretBox;
  /** None by default. */
  channels?: readonly DeliveryChannel[];
  events: EventsService;
  audit: AuditLog;
  logger: LoggerService;
  allowPrivateTargets: boolean;
  /** Wait after the first attempt that failed, in milliseconds. */
  retryDelay: number;
}

/** Topic of Backstage's events that the same events go to. */
const EVENT_TOPIC = 'ml';
const SWEEP_MS = 5_000;

/**
 * Tells what is in the outbox: to webhooks, and to the events of Backstage.
 *
 * @remarks
 * At least once: a process that dies after sending, before it could write so
 * down, leaves a delivery that is sent again when its lease runs out. One slow
 * receiver does not hold the others up, for each has a worker of its own.
 */
export class WebhookDispatcher {
  readonly #options: WebhookDispatcherOptions;
  readonly #workers = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #woken = false;
  #wake = () => {};
  #loop?: Promise<void>;

  constructor(options: WebhookDispatcherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.outbox.onCommitted(() => this.wake());
    this.#loop = this.#sweep();
  }

  /** Looks for work at once. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Ends attempts under way; what is left goes on in the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#loop;
    await Promise.all(this.#workers.values());
  }

  async #sweep(): Promise<void> {
    const { logger, queue } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#woken = false;
      let wait = SWEEP_MS;
      try {
        for (const webhook of await queue.listDueWebhooks())
          this.#work(webhook);
        await this.#publish();
        const due = await queue.getNextDue();
        // A worker looks again itself, and wakes this loop when it is through.
        if (due && due.getTime() > Date.now()) {
          wait = Math.min(SWEEP_MS, due.getTime() - Date.now());
        }
      } catch (error) {
        logger.error('Could not look for events to tell', error as Error);
      }
      if (this.#woken) continue;
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      const timer = new AbortController();
      await Promise.race([
        woken,
        sleep(wait, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }

  async #publish(): Promise<void> {
    const { events, outbox } = this.#options;
    while (!this.#stop.signal.aborted) {
      const event = await outbox.claimUnpublished();
      if (!event) return;
      await events.publish({ topic: EVENT_TOPIC, eventPayload: event });
      await outbox.markPublished(event.id);
    }
  }

  #work(webhook: string): void {
    if (this.#workers.has(webhook) || this.#stop.signal.aborted) return;
    const work = this.#sendAll(webhook)
      .then(
        () => this.wake(),
        error =>
          this.#options.logger.error(
            `Deliveries to the webhook ${webhook} are interrupted and will be taken up again`,
            error,
          ),
      )
      .finally(() => this.#workers.delete(webhook));
    this.#workers.set(webhook, work);
  }

  async #sendAll(id: string): Promise<void> {
    const { channels = [], queue, store } = this.#options;
    while (!this.#stop.signal.aborted) {
      const delivery = await queue.claim(id);
      if (!delivery) return;
      const channel = channels.find(candidate => candidate.id === id);
      const webhook = channel ? undefined : await store.get(id);
      let outcome: AttemptOutcome;
      if (channel) {
        outcome = await this.#sendToChannel(channel, delivery);
      } else if (webhook) {
        outcome = await this.#sendToWebhook(webhook, delivery);
      } else {
        await queue.drop(id);
        return;
      }
      await queue.settle(delivery.id, outcome);
    }
  }

  async #sendToWebhook(
    webhook: StoredWebhook,
    delivery: WebhookDelivery,
  ): Promise<AttemptOutcome> {
    const outcome = await this.#attempt(delivery, () =>
      this.#send(webhook, delivery.event),
    );
    if (outcome.status !== 410) return outcome;
    await this.#deactivate(webhook);
    return { ...outcome, state: 'failed', nextAttemptAt: undefined };
  }

  /** Nobody looks at the deliveries of a channel, so the log tells what fails. */
  async #sendToChannel(
    channel: DeliveryChannel,
    delivery: WebhookDelivery,
  ): Promise<AttemptOutcome> {
    const { logger, outbox } = this.#options;
    const outcome = await this.#attempt(delivery, async () =>
      channel.send(JSON.parse((await outbox.getBody(delivery.event))!)),
    );
    if (outcome.state !== 'delivered') {
      logger.warn(
        `Could not tell ${channel.id} of the event ${delivery.event}: ${
          outcome.error
        }; ${
          outcome.nextAttemptAt
            ? `it is tried again at ${outcome.nextAttemptAt.toISOString()}`
            : 'it was tried for a day and is given up'
        }`,
      );
    }
    return outcome;
  }

  async #attempt(
    delivery: WebhookDelivery,
    send: () => Promise<number>,
  ): Promise<AttemptOutcome> {
    let status: number | undefined;
    let error: string;
    try {
      status = await send();
      if (status >= 200 && status < 300) return { state: 'delivered', status };
      error = `The receiver answered ${status}`;
    } catch (cause) {
      // A connection tried at several addresses says nothing but its code.
      const { code, message } = cause as NodeJS.ErrnoException;
      error = message || code || String(cause);
    }
    const nextAttemptAt = nextAttempt({
      attempts: delivery.attempts + 1,
      createdAt: delivery.createdAt,
      firstWait: this.#options.retryDelay,
    });
    const state = nextAttemptAt ? 'pending' : 'failed';
    return { state, status, error, nextAttemptAt };
  }

  async #send(webhook: StoredWebhook, event: string): Promise<number> {
    const { allowPrivateTargets, outbox, secrets } = this.#options;
    const body = (await outbox.getBody(event))!;
    const secret = secrets.open(webhook.sealedSecret, webhook.id);
    return postEvent({
      url: webhook.url,
      body,
      headers: signatureHeaders({ id: event, body, secret, at: new Date() }),
      allowPrivateTargets,
    });
  }

  /** A receiver that answers 410 does not want to be asked again. */
  async #deactivate(webhook: StoredWebhook): Promise<void> {
    const { audit, store } = this.#options;
    await store.transaction(async trx => {
      if (!(await store.deactivate(trx, webhook.id))) return;
      await audit.record(
        {
          actor: 'service:ml-platform',
          action: 'webhook.deactivate',
          resource: `webhook:${webhook.id}`,
          outcome: 'succeeded',
          details: { reason: 'The receiver answered 410 Gone' },
        },
        trx,
      );
    });
  }
}
