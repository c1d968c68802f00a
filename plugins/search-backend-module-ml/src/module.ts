import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { searchIndexRegistryExtensionPoint } from '@backstage/plugin-search-backend-node/alpha';
import { createMlClient } from '@ml-platform/plugin-ml-node';
import { createModelsFirst } from './createModelsFirst';
import { toModelDocument, toVersionDocument } from './documents';
import { PromptTaskRunner } from './PromptTaskRunner';
import { RegistryCollatorFactory } from './RegistryCollatorFactory';

const SCHEDULE = 'search.collators.ml.schedule';

/**
 * Puts models and versions, with their cards, into Backstage's search, and a
 * model before everything else for who types its name.
 * @public
 */
export const searchModuleMl = createBackendModule({
  pluginId: 'search',
  moduleId: 'ml-collator',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        indexRegistry: searchIndexRegistryExtensionPoint,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init(deps) {
        const { config, events, httpRouter, indexRegistry, scheduler } = deps;
        httpRouter.use(createModelsFirst(deps));
        const client = createMlClient(deps);
        const schedule = () =>
          new PromptTaskRunner({
            schedule: scheduler.createScheduledTaskRunner(
              config.has(SCHEDULE)
                ? readSchedulerServiceTaskScheduleDefinitionFromConfig(
                    config.getConfig(SCHEDULE),
                  )
                : {
                    frequency: { minutes: 10 },
                    timeout: { minutes: 15 },
                    initialDelay: { seconds: 3 },
                    // The index of the default search engine is one instance's own.
                    scope: 'local',
                  },
            ),
            events,
            topic: 'ml.models',
          });
        indexRegistry.addCollator({
          schedule: schedule(),
          factory: new RegistryCollatorFactory({
            type: 'ml-model',
            load: query => client.listModels(query),
            toDocument: toModelDocument,
          }),
        });
        indexRegistry.addCollator({
          schedule: schedule(),
          factory: new RegistryCollatorFactory({
            type: 'ml-version',
            load: query => client.versions.search(query),
            toDocument: toVersionDocument,
          }),
        });
      },
    });
  },
});
