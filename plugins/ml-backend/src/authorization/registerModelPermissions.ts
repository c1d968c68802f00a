import type { PermissionsRegistryService } from '@backstage/backend-plugin-api';
import { mlPermissions } from '@ml-platform/plugin-ml-common';
import { mlModelResourceRef } from '@ml-platform/plugin-ml-node';
import type { GrantedModels } from '../grants/GrantedModels';
import type { RegistryStore } from '../registry/RegistryStore';
import { mlModelRules } from './rules';

/** Tells Backstage's permission framework of models, and of all that may be done. */
export function registerModelPermissions(options: {
  permissionsRegistry: PermissionsRegistryService;
  models: Pick<RegistryStore, 'getModels'>;
  grants: GrantedModels;
}): void {
  const { grants, models, permissionsRegistry } = options;
  permissionsRegistry.addResourceType({
    resourceRef: mlModelResourceRef,
    permissions: mlPermissions.filter(({ type }) => type === 'resource'),
    rules: mlModelRules,
    getResources: async names => {
      const found = await models.getModels(names);
      return Promise.all(
        names.map(name => {
          const model = found.find(entry => entry.name === name);
          return model && grants.withGrants(model);
        }),
      );
    },
  });
  permissionsRegistry.addPermissions(
    mlPermissions.filter(({ type }) => type === 'basic'),
  );
}
