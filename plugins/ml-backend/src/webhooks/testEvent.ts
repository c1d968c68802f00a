import { randomUUID } from 'node:crypto';
import type { MlEvent, Webhook } from '@ml-platform/plugin-ml-common';

/** An event that tells of nothing, for one receiver to prove that it hears. */
export function testEvent(
  webhook: Webhook,
  options: { source: string; actor: string },
): MlEvent {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: options.source,
    type: 'internal.ml.webhook.test',
    subject: `webhook:${webhook.id}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { model: webhook.model ?? '*', actor: options.actor },
  };
}
