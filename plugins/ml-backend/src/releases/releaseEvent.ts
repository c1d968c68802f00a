import type {
  EventType,
  Release,
  ReleaseState,
} from '@ml-platform/plugin-ml-common';
import type { OutboxEvent } from '../webhooks/EventOutbox';

/** What others are told when a release begins. */
export function startedEvent(release: Release): OutboxEvent {
  const { environment, id, model, number, reason } = release;
  const { fromVersion, kind, promotedFrom, strategy, version } = release;
  return {
    type: 'internal.ml.release.started',
    model,
    subject: `${environment}/${model}`,
    actor: release.requestedBy,
    data: {
      ...{ environment, release: id, number, kind, version, fromVersion },
      strategy,
      ...(promotedFrom && { promotedFrom }),
      ...(reason && { reason }),
    },
  };
}

/** What others are told when a release ends. */
export function releaseEvent(
  release: Release,
  state: ReleaseState,
  error: string | undefined,
): OutboxEvent {
  const { environment, fromVersion, id, kind, model, number, version } =
    release;
  return {
    type: typeOf(state),
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

function typeOf(state: ReleaseState): EventType {
  switch (state) {
    case 'succeeded':
    case 'refused':
    case 'rolled_back':
    case 'aborted':
    case 'shadowed':
      return `internal.ml.release.${state}`;
    default:
      return 'internal.ml.release.failed';
  }
}
