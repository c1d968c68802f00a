import { randomUUID } from 'node:crypto';
import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { MlConfig } from '../config';
import type { DeliveryChannel } from './DeliveryChannel';
import { DeliveryQueue } from './DeliveryQueue';
import type { EventOutbox } from './EventOutbox';
import { OutboxStore } from './OutboxStore';
import { SecretBox } from './SecretBox';
import { WebhookDispatcher } from './WebhookDispatcher';
import { WebhookService } from './WebhookService';
import { WebhookStore } from './WebhookStore';

const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** The outbox that changes write their events to, and what tells them. */
export async function startWebhooks(options: {
  config: MlConfig['webhooks'];
  knex: Knex;
  audit: AuditLog;
  authorizer: Authorizer;
  events: EventsService;
  lifecycle: LifecycleService;
  logger: LoggerService;
  scheduler: SchedulerService;
  /** What is told beside the webhooks. */
  channels: readonly DeliveryChannel[];
}): Promise<{ outbox: EventOutbox; webhooks: WebhookService }> {
  const { channels, config, knex, lifecycle, scheduler } = options;
  const { allowPrivateTargets, encryptionKey, retryDelay, source } = config;
  const outbox = new OutboxStore({ knex, source, channels });
  const store = new WebhookStore({ knex });
  const secrets = new SecretBox({ key: encryptionKey });
  const queue = new DeliveryQueue({ knex, owner: randomUUID() });
  const shared = { ...options, store, secrets, allowPrivateTargets };
  const dispatcher = new WebhookDispatcher({
    ...shared,
    outbox,
    queue,
    retryDelay,
  });
  const webhooks = new WebhookService({
    ...shared,
    source,
    onDue: () => dispatcher.wake(),
  });
  lifecycle.addStartupHook(() => dispatcher.start());
  lifecycle.addShutdownHook(() => dispatcher.stop());
  await scheduler.scheduleTask({
    id: 'ml-forget-old-events',
    frequency: { hours: 24 },
    timeout: { minutes: 10 },
    initialDelay: { minutes: 5 },
    fn: () => outbox.prune(new Date(Date.now() - KEPT_MS)),
  });
  return { outbox, webhooks };
}
