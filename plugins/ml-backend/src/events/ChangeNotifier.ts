import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';

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
 * is logged and never fails the change itself.
 */
export class ChangeNotifier {
  readonly #options: {
    signals: SignalsService;
    events: EventsService;
    logger: LoggerService;
  };

  constructor(options: {
    signals: SignalsService;
    events: EventsService;
    logger: LoggerService;
  }) {
    this.#options = options;
  }

  modelChanged(change: ModelChange): void {
    const { events, logger, signals } = this.#options;
    const message = { ...change };
    Promise.all([
      signals.publish({
        recipients: { type: 'broadcast' },
        channel: SIGNAL_CHANNEL,
        message,
      }),
      events.publish({ topic: EVENT_TOPIC, eventPayload: message }),
    ]).catch(error => {
      logger.warn(`Could not announce a change of ${change.model}`, error);
    });
  }
}
