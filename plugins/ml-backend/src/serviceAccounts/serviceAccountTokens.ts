import {
  createExternalTokenHandler,
  externalTokenHandlersServiceRef,
} from '@backstage/backend-defaults/auth';
import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { AccountTokens } from './AccountTokens';
import { DatabaseServiceAccountStore } from './DatabaseServiceAccountStore';
import { readIdentityConfig } from './readIdentityConfig';

/**
 * Lets Backstage know tokens of service accounts, in this plugin and in no
 * other: what they may do is for this plugin to say. To be added to the backend
 * beside the plugin, with `- type: ml-service-account` in
 * `backend.auth.externalAccess`.
 * @public
 */
export const serviceAccountTokens = createServiceFactory({
  service: externalTokenHandlersServiceRef,
  deps: {
    config: coreServices.rootConfig,
    database: coreServices.database,
    plugin: coreServices.pluginMetadata,
  },
  async factory({ config, database, plugin }) {
    let tokens: Promise<AccountTokens> | undefined;
    const open = async () =>
      new AccountTokens({
        config: readIdentityConfig(config),
        store: new DatabaseServiceAccountStore({
          knex: await database.getClient(),
        }),
      });
    return createExternalTokenHandler<void>({
      type: 'ml-service-account',
      initialize() {},
      async verifyToken(token) {
        if (plugin.getId() !== 'ml') return undefined;
        tokens ??= open();
        return (await tokens).verify(token);
      },
    });
  },
});
