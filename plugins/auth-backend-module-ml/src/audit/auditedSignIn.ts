import type {
  OAuthAuthenticator,
  OAuthAuthenticatorResult,
  SignInResolver,
} from '@backstage/plugin-auth-node';
import { isError } from '@backstage/errors';
import { BoundedRefusals } from './BoundedRefusals';
import type { SessionAction, SignInAudit } from './SignInAudit';
import type { SessionUsers } from './SessionUsers';
import { sessionName } from './sessionName';

/**
 * Records each sign-in and each renewal of a session before its token is given,
 * those that fail, and each sign-out. A session that is renewed asks the same
 * resolver as a sign-in.
 */
export function auditedSignIn<TContext, TProfile extends object>(options: {
  authenticator: OAuthAuthenticator<TContext, TProfile>;
  audit: SignInAudit;
  users: SessionUsers;
}): {
  authenticator: OAuthAuthenticator<TContext, TProfile>;
  audited: (
    resolver: SignInResolver<OAuthAuthenticatorResult<TProfile>>,
  ) => SignInResolver<OAuthAuthenticatorResult<TProfile>>;
} {
  const { audit, authenticator, users } = options;
  const refusals = new BoundedRefusals(audit);
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
          await refusals.add('session.sign-in', 'failed', nameOf(error));
          throw error;
        }
      },
      async refresh(input, context) {
        try {
          return await authenticator.refresh(input, context);
        } catch (error) {
          await refusals.add('session.refresh', 'denied', nameOf(error));
          throw error;
        }
      },
      async logout(input, context) {
        const session = sessionName(input.refreshToken);
        await audit.record({
          action: 'session.sign-out',
          // Its token does not say whose it is; the sign-in or renewal did.
          user: session && (await users.find(session)),
          outcome: 'succeeded',
          details: session ? { session } : {},
        });
        await authenticator.logout?.(input, context);
        if (session) await users.forget(session);
      },
    },
    audited: resolver => async (info, context) => {
      const action: SessionAction = signIns.has(info.result.fullProfile)
        ? 'session.sign-in'
        : 'session.refresh';
      const session = sessionName(info.result.session.refreshToken);
      let user: string | undefined;
      const noting: typeof context = {
        ...bound(context),
        async issueToken(params) {
          user = params.claims.sub;
          const details: Record<string, string> = session ? { session } : {};
          await audit.record({ action, user, outcome: 'succeeded', details });
          if (session) await users.remember(session, user);
          return context.issueToken(params);
        },
      };
      try {
        return await resolver(info, noting);
      } catch (error) {
        if (!user) await refusals.add(action, 'denied', nameOf(error));
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
