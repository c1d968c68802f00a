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
import { BoundedRefusals } from './audit/BoundedRefusals';
import { createSessionMiddleware } from './audit/createSessionMiddleware';
import { DatabaseSessionUsers } from './audit/DatabaseSessionUsers';
import { SignInAudit } from './audit/SignInAudit';
import { createSignInResolver } from './resolver/createSignInResolver';

/**
 * Backstage's provider `oidc`, which signs in as `ml.signIn` says and leaves an
 * audit event of each sign-in, renewal, consent and sign-out. Takes the place of
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
        database: coreServices.database,
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        providers: authProvidersExtensionPoint,
      },
      async init(deps) {
        const { auth, config, discovery, httpAuth, httpRouter, providers } =
          deps;
        const audit = new SignInAudit({ auth, discovery });
        const users = await DatabaseSessionUsers.create(deps.database);
        httpRouter.use(
          createSessionMiddleware({
            audit,
            refusals: new BoundedRefusals(audit),
            ...{ httpAuth, users },
          }),
        );
        const { audited, authenticator } = auditedSignIn({
          authenticator: oidcAuthenticator,
          ...{ audit, users },
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
