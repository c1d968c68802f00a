import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { oidcAuthenticator } from '@backstage/plugin-auth-backend-module-oidc-provider';
import {
  authProvidersExtensionPoint,
  createOAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import { auditedSignIn } from './audit/auditedSignIn';
import { SignInAudit } from './audit/SignInAudit';
import { createSignInResolver } from './resolver/createSignInResolver';

/**
 * Backstage's provider `oidc`, which signs in as `ml.signIn` says and leaves an
 * audit event of each sign-in. Takes the place of
 * `@backstage/plugin-auth-backend-module-oidc-provider`.
 * @public
 */
export const authModuleMl = createBackendModule({
  pluginId: 'auth',
  moduleId: 'ml',
  register(reg) {
    reg.registerInit({
      deps: {
        auth: coreServices.auth,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        providers: authProvidersExtensionPoint,
      },
      async init({ auth, config, discovery, providers }) {
        const { audited, authenticator } = auditedSignIn({
          authenticator: oidcAuthenticator,
          audit: new SignInAudit({ auth, discovery }),
        });
        providers.registerProvider({
          providerId: 'oidc',
          factory: createOAuthProviderFactory({
            authenticator,
            signInResolver: audited(
              createSignInResolver(config.getOptional('ml.signIn')),
            ),
          }),
        });
      },
    });
  },
});
