import type {
  OAuthAuthenticator,
  OAuthAuthenticatorResult,
  SignInResolver,
} from '@backstage/plugin-auth-node';
import { isError } from '@backstage/errors';
import type { SignInAudit } from './SignInAudit';

/**
 * Records each sign-in before its token is given, and each that fails. A
 * session that is renewed asks the same resolver, and is not a sign-in.
 */
export function auditedSignIn<TContext, TProfile extends object>(options: {
  authenticator: OAuthAuthenticator<TContext, TProfile>;
  audit: SignInAudit;
}): {
  authenticator: OAuthAuthenticator<TContext, TProfile>;
  audited: (
    resolver: SignInResolver<OAuthAuthenticatorResult<TProfile>>,
  ) => SignInResolver<OAuthAuthenticatorResult<TProfile>>;
} {
  const { audit, authenticator } = options;
  const signIns = new WeakSet<TProfile>();
  return {
    authenticator: {
      ...authenticator,
      async authenticate(input, context) {
        try {
          const result = await authenticator.authenticate(input, context);
          signIns.add(result.fullProfile);
          return result;
        } catch (error) {
          await audit.record({ outcome: 'failed', reason: nameOf(error) });
          throw error;
        }
      },
    },
    audited: resolver => async (info, context) => {
      if (!signIns.has(info.result.fullProfile)) {
        return resolver(info, context);
      }
      let user: string | undefined;
      const noting: typeof context = {
        ...bound(context),
        async issueToken(params) {
          user = params.claims.sub;
          await audit.record({ user, outcome: 'succeeded' });
          return context.issueToken(params);
        },
      };
      try {
        return await resolver(info, noting);
      } catch (error) {
        if (!user) {
          await audit.record({ outcome: 'denied', reason: nameOf(error) });
        }
        throw error;
      }
    },
  };
}

/** The context's methods, which a class has on its prototype. */
function bound(
  context: Parameters<SignInResolver<unknown>>[1],
): Parameters<SignInResolver<unknown>>[1] {
  return {
    issueToken: params => context.issueToken(params),
    findCatalogUser: query => context.findCatalogUser(query),
    signInWithCatalogUser: (query, options) =>
      context.signInWithCatalogUser(query, options),
    resolveOwnershipEntityRefs: entity =>
      context.resolveOwnershipEntityRefs(entity),
  };
}

/** Messages may name people; names of errors do not. */
function nameOf(error: unknown): string {
  return isError(error) ? error.name : 'Error';
}
