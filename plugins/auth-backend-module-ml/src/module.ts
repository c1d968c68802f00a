import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  oidcAuthenticator,
  oidcSignInResolvers,
} from '@backstage/plugin-auth-backend-module-oidc-provider';
import {
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { createSignInResolver } from './resolver/createSignInResolver';

/**
 * Backstage's provider `oidc`, which signs in as `ml.signIn` says where no
 * other resolver is configured. Takes the place of
 * `@backstage/plugin-auth-backend-module-oidc-provider`.
 * @public
 */
export const authModuleMl = createBackendModule({
  pluginId: 'auth',
  moduleId: 'ml',
  register(reg) {
    reg.registerInit({
      deps: {
        config: coreServices.rootConfig,
        providers: authProvidersExtensionPoint,
      },
      async init({ config, providers }) {
        providers.registerProvider({
          providerId: 'oidc',
          factory: createOAuthProviderFactory({
            authenticator: oidcAuthenticator,
            signInResolver: createSignInResolver(
              config.getOptional('ml.signIn'),
            ),
            signInResolverFactories: { ...oidcSignInResolvers },
          }),
        });
      },
    });
  },
});
