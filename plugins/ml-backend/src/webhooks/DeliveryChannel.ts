import type { EventType, MlEvent } from '@ml-platform/plugin-ml-common';

/**
 * A receiver of events that the operator has configured, beside the webhooks
 * that people create. Its deliveries are in the same queue: written in the
 * transaction of the change, and tried again until they succeed or are too old.
 */
export interface DeliveryChannel {
  /** Stands in the place of a webhook's id, and is none. */
  readonly id: string;
  wants(type: EventType): boolean;
  /**
   * Sends what the channel makes of the event.
   * @returns status of the answer; all but 200 to 299 are failures
   */
  send(event: MlEvent): Promise<number>;
}
