import type { WebhookDelivery } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { collectPages } from '../collectPages';
import type { DeliveriesOptions } from './command';
import { shortType, typesText, webhookState, webhookText } from './webhookText';

/** `ml webhooks list` */
export async function listWebhooks({
  connect,
  output,
}: CommandContext): Promise<void> {
  const { client } = await connect();
  const { items } = await client.webhooks.list();
  await output.list({
    kind: 'WebhookList',
    items,
    name: item => item.id,
    empty: 'Nobody is told of events. Add a webhook: ml webhooks add <url>',
    columns: [
      { header: 'ID', cell: item => item.id },
      { header: 'URL', cell: item => item.url },
      { header: 'STATE', cell: webhookState },
      { header: 'TYPES', cell: typesText },
      { header: 'MODEL', cell: item => item.model ?? 'all' },
      { header: 'CREATED', cell: item => output.time(item.createdAt) },
    ],
  });
}

/** `ml webhooks show` */
export async function showWebhook(
  { connect, output }: CommandContext,
  id: string,
): Promise<void> {
  const { client } = await connect();
  const webhook = await client.webhooks.get(id);
  await output.object({
    kind: 'Webhook',
    name: webhook.id,
    data: webhook,
    text: () => webhookText(webhook, output),
  });
}

/** `ml webhooks deliveries` */
export async function listDeliveries(
  { connect, output }: CommandContext,
  id: string,
  { limit, state }: DeliveriesOptions,
): Promise<void> {
  const { client } = await connect();
  const items = await collectPages<WebhookDelivery>(limit, async page => {
    const read = await client.webhooks.deliveries(id, { ...page, limit: 100 });
    return {
      ...read,
      items: read.items.filter(item => !state || item.state === state),
    };
  });
  await output.list({
    kind: 'WebhookDeliveryList',
    items,
    name: item => item.id,
    empty: state
      ? `Nothing is ${state}.`
      : 'Nothing was sent yet. Try it: ml webhooks test <webhook>',
    columns: [
      { header: 'ID', cell: item => item.id },
      { header: 'TYPE', cell: item => shortType(item.type) },
      { header: 'STATE', cell: item => item.state },
      { header: 'STATUS', cell: item => String(item.lastStatus ?? '-') },
      { header: 'ATTEMPTS', cell: item => String(item.attempts) },
      { header: 'CREATED', cell: item => output.time(item.createdAt) },
      { header: 'NEXT', cell: item => item.nextAttemptAt ?? '-' },
      { header: 'ERROR', cell: item => item.lastError ?? '' },
    ],
  });
}
