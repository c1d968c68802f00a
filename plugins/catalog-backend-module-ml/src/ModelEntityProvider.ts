import type {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import type {
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type { EventsService } from '@backstage/plugin-events-node';
import type { MlClient, Model } from '@ml-platform/plugin-ml-common';
import { Contracts } from './Contracts';
import { toEntities } from './toEntities';

/** @public */
export interface ModelEntityProviderOptions {
  client: MlClient;
  events: EventsService;
  logger: LoggerService;
  /** When all models are read anew: what was missed comes in then. */
  taskRunner: SchedulerServiceTaskRunner;
  appBaseUrl: string;
}

/**
 * Projects the models of the registry into the catalog: a `Model` entity each,
 * and `API` entities of its newest version and of each version. A change arrives at once through an event, and the regular full
 * refresh heals whatever an event missed.
 * @public
 */
export class ModelEntityProvider implements EntityProvider {
  readonly #options: ModelEntityProviderOptions;
  readonly #contracts: Contracts;

  constructor(options: ModelEntityProviderOptions) {
    this.#options = options;
    this.#contracts = new Contracts(options.client);
  }

  getProviderName(): string {
    return 'ml-models';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    const { events, logger, taskRunner } = this.#options;
    await taskRunner.run({
      id: 'ml-models-refresh',
      fn: async () => {
        try {
          await this.#refreshAll(connection);
        } catch (error) {
          logger.warn('Could not refresh the models', error as Error);
        }
      },
    });
    await events.subscribe({
      id: 'catalog-ml-models',
      topics: ['ml.models'],
      onEvent: async ({ eventPayload }) => {
        const { model } = eventPayload as { model: string };
        await this.#refresh(connection, model);
      },
    });
  }

  async #refreshAll(connection: EntityProviderConnection): Promise<void> {
    const { client } = this.#options;
    const models: Model[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listModels({ limit: 100, cursor });
      models.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    const entities = [];
    for (const model of models) entities.push(...(await this.#project(model)));
    await connection.applyMutation({ type: 'full', entities });
  }

  async #refresh(
    connection: EntityProviderConnection,
    name: string,
  ): Promise<void> {
    this.#contracts.forget(name);
    const model = await this.#options.client.getModel(name);
    await connection.applyMutation({
      type: 'delta',
      added: await this.#project(model),
      removed: [],
    });
  }

  async #project(model: Model) {
    return toEntities({
      model,
      contracts: await this.#contracts.of(model),
      appBaseUrl: this.#options.appBaseUrl,
    }).map(entity => ({ entity, locationKey: this.getProviderName() }));
  }
}
