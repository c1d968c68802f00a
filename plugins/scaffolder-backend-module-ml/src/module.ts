import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { createBatchAction } from './actions/createBatchAction';
import { createDeployAction } from './actions/createDeployAction';
import { createEvaluateAction } from './actions/createEvaluateAction';
import { createModelAction } from './actions/createModelAction';
import { createPackageAction } from './actions/createPackageAction';
import { createPromoteAction } from './actions/createPromoteAction';
import { createRegisterAction } from './actions/createRegisterAction';
import { createRepositoryAction } from './actions/createRepositoryAction';
import { createRollbackAction } from './actions/createRollbackAction';
import { MlAccess } from './lib/MlAccess';
import { LocalRepositories } from './repositories/LocalRepositories';

/**
 * Actions for software templates about machine learning models.
 * @public
 */
export const scaffolderModuleMl = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'ml',
  register(env) {
    env.registerInit({
      deps: {
        actions: scaffolderActionsExtensionPoint,
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
      },
      async init({ actions, auth, config, discovery }) {
        const access = new MlAccess({ auth, discovery });
        actions.addActions(
          createModelAction({ access }),
          createPackageAction(),
          createRegisterAction({ access }),
          createEvaluateAction({ access }),
          createDeployAction({ access }),
          createPromoteAction({ access }),
          createRollbackAction({ access }),
          createBatchAction({ access }),
        );
        const directory = config.getOptionalString(
          'scaffolder.ml.repositories.directory',
        );
        // Where there is a Git server, nobody wants repositories elsewhere.
        if (directory) {
          actions.addActions(
            createRepositoryAction({
              repositories: new LocalRepositories({ directory }),
            }),
          );
        }
      },
    });
  },
});
