import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { Audience } from './Audience';

export interface ModelChange {
  model: string;
  environment?: string;
  releaseId?: string;
}

/** Signal channel that portals listen on. */
const SIGNAL_CHANNEL = 'ml:deployments';
/** Event topic that the catalog module listens on. */
const EVENT_TOPIC = 'ml.models';

/**
 * Tells open portals and the catalog that something changed. A hint only: who
 * misses it finds the change at the next regular look, so a failure to send
 * is logged and never fails the change itself. Models are named to those alone
 * who may see them.
 */
export class ChangeNotifier {
  readonly #options: {
    signals: SignalsService;
    events: EventsService;
    audience: Pick<Audience, 'of'>;
    logger: LoggerService;
  };

  constructor(options: {
    signals: SignalsService;
    events: EventsService;
    audience: Pick<Audience, 'of'>;
    logger: LoggerService;
  }) {
    this.#options = options;
  }

  modelChanged(change: ModelChange): void {
    const { events, logger } = this.#options;
    Promise.all([
      this.#signal(change),
      events.publish({ topic: EVENT_TOPIC, eventPayload: { ...change } }),
    ]).catch(error => {
      logger.warn(`Could not announce a change of ${change.model}`, error);
    });
  }

  async #signal(change: ModelChange): Promise<void> {
    const { audience, signals } = this.#options;
    const entityRef = await audience.of(change.model);
    if (!entityRef) {
      // Without a name, a portal reads again whatever it shows, as its user may.
      await signals.publish({
        recipients: { type: 'broadcast' },
        channel: SIGNAL_CHANNEL,
        message: {},
      });
      return;
    }
    await signals.publish({
      recipients: { type: 'user', entityRef },
      channel: SIGNAL_CHANNEL,
      message: { ...change },
    });
  }
}
