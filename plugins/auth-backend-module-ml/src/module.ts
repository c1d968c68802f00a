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
        discovery: coreServices.discovery,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        providers: authProvidersExtensionPoint,
      },
      async init({ auth, config, discovery, httpAuth, httpRouter, providers }) {
        const audit = new SignInAudit({ auth, discovery });
        httpRouter.use(
          createSessionMiddleware({
            audit,
            refusals: new BoundedRefusals(audit),
            httpAuth,
          }),
        );
        const { audited, authenticator } = auditedSignIn({
          authenticator: oidcAuthenticator,
          audit,
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
