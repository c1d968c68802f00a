import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { CatalogModelSources } from '@backstage/catalog-model/alpha';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { catalogModelExtensionPoint } from '@backstage/plugin-catalog-node/alpha';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { modelEntityModel } from '@ml-platform/plugin-ml-common/alpha';
import { createMlClient } from '@ml-platform/plugin-ml-node';
import { ModelEntityProvider } from './ModelEntityProvider';

/**
 * Registers the `Model` kind and projects registered models into the catalog.
 * @public
 */
export const catalogModuleMl = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'ml',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogProcessingExtensionPoint,
        catalogModel: catalogModelExtensionPoint,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init(deps) {
        deps.catalogModel.addModelSource(
          CatalogModelSources.static([modelEntityModel]),
        );
        deps.catalog.addEntityProvider(
          new ModelEntityProvider({
            client: createMlClient(deps),
            events: deps.events,
            logger: deps.logger,
            taskRunner: deps.scheduler.createScheduledTaskRunner({
              frequency: { seconds: 30 },
              timeout: { minutes: 2 },
              initialDelay: { seconds: 3 },
              scope: 'local',
            }),
            appBaseUrl: deps.config.getString('app.baseUrl'),
          }),
        );
      },
    });
  },
});
