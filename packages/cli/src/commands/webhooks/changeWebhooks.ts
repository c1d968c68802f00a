import { EVENT_TYPES, type EventType } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { confirm } from '../confirm';
import { usageError } from '../parseRef';
import type { AddOptions, RemoveOptions } from './command';
import { shortType, webhookText } from './webhookText';

/** `ml webhooks add` */
export async function addWebhook(
  { connect, output }: CommandContext,
  url: string,
  { model, type }: AddOptions,
): Promise<void> {
  const types = type?.map(toType);
  const { client } = await connect();
  const webhook = await client.webhooks.create({ url, model, types });
  await output.object({
    kind: 'Webhook',
    name: webhook.id,
    data: webhook,
    text: () => `${webhookText(webhook, output)}\nSecret   ${webhook.secret}`,
  });
  output.hint(
    [
      'The secret signs what is sent, and is shown this once: keep it where the receiver reads it.',
      `Try it: ml webhooks test ${webhook.id}`,
    ].join('\n'),
  );
}

/** `ml webhooks replay` */
export async function replay(
  { connect, output }: CommandContext,
  id: string,
  delivery: string,
): Promise<void> {
  const { client } = await connect();
  const repeated = await client.webhooks.replay(id, delivery);
  output.done(`${shortType(repeated.type)} is sent again`);
  await output.object({
    kind: 'WebhookDelivery',
    name: repeated.id,
    data: repeated,
    text: () => repeated.id,
  });
}

/** `ml webhooks pause` and `resume` */
export async function steer(
  { connect, output }: CommandContext,
  id: string,
  verb: 'pause' | 'resume',
): Promise<void> {
  const { client } = await connect();
  const webhook = await client.webhooks[verb](id);
  output.done(
    verb === 'pause'
      ? `Paused; what is to be sent waits. Go on with: ml webhooks resume ${id}`
      : 'Resumed; what has waited is sent now',
  );
  await output.object({
    kind: 'Webhook',
    name: webhook.id,
    data: webhook,
    text: () => webhookText(webhook, output),
  });
}

/** `ml webhooks remove` */
export async function removeWebhook(
  context: CommandContext,
  id: string,
  { yes }: RemoveOptions,
): Promise<void> {
  const { client } = await context.connect();
  const { url } = await client.webhooks.get(id);
  if (!yes) {
    await confirm(
      context,
      `remove the webhook to ${url}, and drop what is still to be sent to it`,
    );
  }
  await client.webhooks.remove(id);
  context.output.done(`Removed the webhook to ${url}`);
}

function toType(text: string): EventType {
  const found = EVENT_TYPES.find(
    type => type === text || shortType(type) === text,
  );
  if (found) return found;
  throw usageError(
    `--type: there is no event type '${text}'`,
    `They are ${EVENT_TYPES.map(shortType).join(', ')}.`,
  );
}
