import type { Release } from '@ml-platform/plugin-ml-common';
import type { OutboxEvent } from '../webhooks/EventOutbox';

/** What others are told when a release ends. */
export function releaseEvent(
  release: Release,
  error: string | undefined,
): OutboxEvent {
  const { environment, fromVersion, id, kind, model, number, version } =
    release;
  return {
    type: error
      ? 'internal.ml.release.failed'
      : 'internal.ml.release.succeeded',
    model,
    subject: `${environment}/${model}`,
    actor: release.requestedBy,
    data: {
      environment,
      release: id,
      number,
      kind,
      version,
      fromVersion,
      ...(error && { error }),
    },
  };
}
