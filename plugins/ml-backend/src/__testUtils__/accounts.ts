import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { isAccountToken } from '@ml-platform/workload-identity';
import { AccountTokens } from '../serviceAccounts/AccountTokens';
import { DatabaseServiceAccountStore } from '../serviceAccounts/DatabaseServiceAccountStore';
import { readIdentityConfig } from '../serviceAccounts/readIdentityConfig';

/**
 * Backstage's mocked authentication, which knows made-up users, and beside it
 * the true one of service accounts.
 */
export const accountAuthFactory = createServiceFactory({
  service: coreServices.auth,
  deps: {
    config: coreServices.rootConfig,
    database: coreServices.database,
    plugin: coreServices.pluginMetadata,
  },
  async factory({ config, database, plugin }) {
    const auth = mockServices.auth({ pluginId: plugin.getId() });
    const authenticate = auth.authenticate.bind(auth);
    auth.authenticate = async (token, options) => {
      if (!isAccountToken(token)) return authenticate(token, options);
      const tokens = new AccountTokens({
        config: readIdentityConfig(config),
        store: new DatabaseServiceAccountStore({
          knex: await database.getClient(),
        }),
      });
      const found = await tokens.verify(token);
      return found
        ? mockCredentials.service(found.subject)
        : authenticate(token, options);
    };
    return auth;
  },
});

/** Lets users be in groups. */
export function userInfoFactory(teams: Record<string, string[]>) {
  return createServiceFactory({
    service: coreServices.userInfo,
    deps: {},
    factory: () => ({
      async getUserInfo({ principal }) {
        const { userEntityRef } = principal as { userEntityRef: string };
        return {
          userEntityRef,
          ownershipEntityRefs: [userEntityRef, ...(teams[userEntityRef] ?? [])],
        };
      },
    }),
  });
}
