import type { EventType, MlEvent } from '@ml-platform/plugin-ml-common';
import type { RegistryStore } from '../../registry/RegistryStore';
import type { DeliveryChannel } from '../../webhooks/DeliveryChannel';
import { postEvent } from '../../webhooks/postEvent';
import { toDeploymentEvent } from './deploymentEvent';
import { toTrainingEvent } from './trainingEvent';

export interface OpenLineageOptions {
  /** Where run events are posted to, absolute. */
  endpoint: string;
  apiKey?: string;
}

const TYPES: ReadonlySet<EventType> = new Set<EventType>([
  'internal.ml.version.registered',
  'internal.ml.release.succeeded',
  'internal.ml.release.failed',
]);

/**
 * Tells a lineage service, such as Marquez or DataHub, of trainings and
 * deployments. The run events are made when they are sent, of what never changes:
 * one that is sent twice is the same.
 */
export class OpenLineageChannel implements DeliveryChannel {
  readonly id = 'openlineage';
  readonly #options: OpenLineageOptions;
  readonly #namespace: string;
  readonly #versions: Pick<RegistryStore, 'getVersion'>;

  constructor(options: {
    config: OpenLineageOptions;
    namespace: string;
    versions: Pick<RegistryStore, 'getVersion'>;
  }) {
    this.#options = options.config;
    this.#namespace = options.namespace;
    this.#versions = options.versions;
  }

  wants(type: EventType): boolean {
    return TYPES.has(type);
  }

  async send(event: MlEvent): Promise<number> {
    const { apiKey, endpoint } = this.#options;
    return postEvent({
      url: endpoint,
      body: JSON.stringify(await this.#toRunEvent(event)),
      contentType: 'application/json',
      headers: apiKey ? { authorization: `Bearer ${apiKey}` } : {},
      // The operator's own choice, and mostly inside of the company.
      allowPrivateTargets: true,
    });
  }

  async #toRunEvent(event: MlEvent): Promise<object> {
    if (event.type !== 'internal.ml.version.registered') {
      return toDeploymentEvent(event, this.#namespace);
    }
    const { model, version } = event.data;
    const found = await this.#versions.getVersion(
      String(model),
      String(version),
    );
    if (!found) throw new Error(`${event.subject} is not registered any more`);
    return toTrainingEvent(found, this.#namespace);
  }
}
