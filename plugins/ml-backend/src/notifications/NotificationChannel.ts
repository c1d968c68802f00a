import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { EventType, MlEvent } from '@ml-platform/plugin-ml-common';
import type { RegistryStore } from '../registry/RegistryStore';
import type { DeliveryChannel } from '../webhooks/DeliveryChannel';
import { releasePayload } from './releasePayload';

const TYPES: ReadonlySet<EventType> = new Set<EventType>([
  'internal.ml.release.started',
  'internal.ml.release.verdict',
  'internal.ml.release.succeeded',
  'internal.ml.release.refused',
  'internal.ml.release.failed',
  'internal.ml.release.rolled_back',
  'internal.ml.release.aborted',
  'internal.ml.release.shadowed',
]);

/**
 * Tells the team that owns a model, and whoever asked, how its releases go, by
 * Backstage's notifications. One release is one notification, which changes as
 * it goes on.
 */
export class NotificationChannel implements DeliveryChannel {
  readonly id = 'notifications';
  readonly #options: {
    notifications: NotificationService;
    models: Pick<RegistryStore, 'getModel'>;
  };

  constructor(options: {
    notifications: NotificationService;
    models: Pick<RegistryStore, 'getModel'>;
  }) {
    this.#options = options;
  }

  wants(type: EventType): boolean {
    return TYPES.has(type);
  }

  async send(event: MlEvent): Promise<number> {
    const { models, notifications } = this.#options;
    const { actor, model: name } = event.data;
    const model = name ? await models.getModel(name) : undefined;
    const people = [model?.owner, actor].filter(isPerson);
    if (people.length) {
      await notifications.send({
        recipients: { type: 'entity', entityRef: [...new Set(people)] },
        payload: releasePayload(event),
      });
    }
    return 204;
  }
}

/** Somebody in the catalog, rather than a program. */
function isPerson(ref: string | undefined): ref is string {
  return ref !== undefined && /^(user|group):[^/]+\/.+$/i.test(ref);
}
