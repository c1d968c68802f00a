import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookDelivery } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { formatDuration } from '../../output/format';
import type { TestOptions } from './command';

const PAUSE = 200;

/** `ml webhooks test` */
export async function testWebhook(
  { connect, output }: CommandContext,
  id: string,
  { timeout }: TestOptions,
): Promise<void> {
  const { client } = await connect();
  const deadline = Date.now() + timeout;
  const sent = await client.webhooks.test(id);
  let delivery: WebhookDelivery | undefined = sent;
  while (delivery?.attempts === 0 && Date.now() < deadline) {
    await sleep(PAUSE);
    const { items } = await client.webhooks.deliveries(id, { limit: 100 });
    delivery = items.find(item => item.id === sent.id);
  }

  if (!delivery || delivery.attempts === 0) {
    throw new CliError({
      code: 'TIMEOUT',
      exitCode: ExitCode.timeout,
      message: `Nothing is known of the test after ${formatDuration(timeout)}`,
      hint: `Look later: ml webhooks deliveries ${id}`,
    });
  }
  if (delivery.state !== 'delivered') {
    throw new CliError({
      code: 'NOT_DELIVERED',
      message: `The receiver did not take it: ${delivery.lastError}`,
      hint: delivery.nextAttemptAt
        ? `It is tried again at ${delivery.nextAttemptAt}; follow it with: ml webhooks deliveries ${id}`
        : undefined,
    });
  }
  const { lastStatus } = delivery;
  output.done(`The receiver took it, and answered ${lastStatus}`);
  const arrived = delivery;
  await output.object({
    kind: 'WebhookDelivery',
    name: arrived.id,
    data: arrived,
    text: () => '',
  });
}
