import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { createMlClient } from '@ml-platform/plugin-ml-node';
import { PluginAccessDirectory } from './AccessDirectory';
import { MlDecisions } from './MlDecisions';
import { MlPermissionPolicy } from './MlPermissionPolicy';

/**
 * Makes the roles of ML Platform the policy of the portal.
 * @public
 */
export const permissionModuleMl = createBackendModule({
  pluginId: 'permission',
  moduleId: 'ml',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        discovery: coreServices.discovery,
        policy: policyExtensionPoint,
      },
      async init({ policy, ...services }) {
        const directory = new PluginAccessDirectory({
          client: createMlClient(services),
        });
        policy.setPolicy(
          new MlPermissionPolicy({ decisions: new MlDecisions({ directory }) }),
        );
      },
    });
  },
});
