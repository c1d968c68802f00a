import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { isError, NotAllowedError } from '@backstage/errors';
import type {
  AuthResolverContext,
  OAuthAuthenticatorResult,
  SignInInfo,
  SignInResolver,
} from '@backstage/plugin-auth-node';
import type { OidcAuthResult } from '@backstage/plugin-auth-backend-module-oidc-provider';
import { z } from 'zod';
import { createGroupMapping, groupsSchema } from './groupsFromClaims';

type OidcInfo = SignInInfo<OAuthAuthenticatorResult<OidcAuthResult>>;

const optionsSchema = z
  .strictObject({
    match: z.enum(['email', 'name']).default('email'),
    nameClaim: z.string().min(1).default('preferred_username'),
    groups: groupsSchema.optional(),
  })
  .prefault({});

/**
 * Signs in who is a user of the catalog, found by the verified e-mail address
 * or by name, with the groups of the catalog and, where that is configured, of
 * the identity provider.
 */
export function createSignInResolver(
  config: unknown,
): SignInResolver<OAuthAuthenticatorResult<OidcAuthResult>> {
  const parsed = optionsSchema.safeParse(config);
  if (!parsed.success) {
    throw new Error(`ml.signIn: ${z.prettifyError(parsed.error)}`);
  }
  const options = parsed.data;
  const groupsOf = options.groups && createGroupMapping(options.groups);
  return async (info, context) => {
    const claims = claimsOf(info);
    const entity =
      options.match === 'email'
        ? await findByEmail(info, context)
        : await findByName(
            claims[options.nameClaim],
            options.nameClaim,
            context,
          );
    const sub = stringifyEntityRef(entity);
    const { ownershipEntityRefs } = await context.resolveOwnershipEntityRefs(
      entity,
    );
    const groups = groupsOf?.(claims) ?? [];
    return context.issueToken({
      claims: { sub, ent: [...new Set([...ownershipEntityRefs, ...groups])] },
    });
  };
}

/** What the provider says of a person: in the ID token, and when asked. */
function claimsOf(info: OidcInfo): Record<string, unknown> {
  const { tokenset, userinfo } = info.result.fullProfile;
  return { ...(tokenset.id_token && tokenset.claims()), ...userinfo };
}

async function findByEmail(
  info: OidcInfo,
  context: AuthResolverContext,
): Promise<Entity> {
  const { email } = info.profile;
  if (!email) {
    throw new NotAllowedError(
      'The identity provider gave no verified e-mail address, by which people are found in the catalog. Ask for the scope email, or find people by name (ml.signIn.match: name).',
    );
  }
  return find({ filter: { 'spec.profile.email': email } }, email, context);
}

async function findByName(
  name: unknown,
  claim: string,
  context: AuthResolverContext,
): Promise<Entity> {
  if (typeof name !== 'string' || !name) {
    throw new NotAllowedError(
      `The identity provider gave no claim '${claim}', by which people are found in the catalog.`,
    );
  }
  // A name, never a reference to something else.
  return find({ entityRef: { name } }, name, context);
}

async function find(
  query: Parameters<AuthResolverContext['findCatalogUser']>[0],
  who: string,
  context: AuthResolverContext,
): Promise<Entity> {
  try {
    return (await context.findCatalogUser(query)).entity;
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') {
      throw new NotAllowedError(
        `${who} is not in the catalog, so nobody knows which team this is. Ask a platform admin to add a User with it, then sign in again.`,
      );
    }
    if (isError(error) && error.name === 'ConflictError') {
      throw new NotAllowedError(
        `More than one User in the catalog is ${who}. Ask a platform admin to keep one of them, then sign in again.`,
      );
    }
    throw error;
  }
}
