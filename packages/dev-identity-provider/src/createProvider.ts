import { join } from 'node:path';
import Provider from 'oidc-provider';
import type { ProviderConfig } from './readConfig';
import type { Person } from './people/Person';
import { errorPage } from './pages/errorPage';
import { FileStore } from './store/FileStore';
import { readKeys } from './store/readKeys';

const HOUR = 3_600;

/** Where a person is asked who they are. */
export const SIGN_IN_PATH = '/sign-in/';

/** The provider proper; all of the protocol is in `oidc-provider`. */
export function createProvider(options: {
  issuer: string;
  config: ProviderConfig;
  people: Person[];
}): Provider {
  const { config, issuer, people } = options;
  const store = new FileStore(join(config.dataDir, 'sessions.json'));
  const keys = readKeys(join(config.dataDir, 'keys.json'));
  return new Provider(issuer, {
    adapter: kind => store.adapter(kind),
    jwks: keys.jwks,
    cookies: { keys: keys.cookies },
    clients: [
      {
        client_id: config.client.id,
        client_secret: config.client.secret,
        redirect_uris: config.client.redirectUris,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    pkce: { required: () => true },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username', 'groups'],
    },
    // Many a company's provider has the claims in the ID token as well.
    conformIdTokenClaims: false,
    findAccount: (_, id) => {
      const person = people.find(({ name }) => name === id);
      return person && { accountId: id, claims: () => claimsOf(person) };
    },
    // The portal belongs to the platform, so nobody is asked for consent.
    async loadExistingGrant(context) {
      const { client, session, provider, params } = context.oidc;
      const grant = new provider.Grant({
        clientId: client!.clientId,
        accountId: session!.accountId,
      });
      grant.addOIDCScope(String(params!.scope));
      await grant.save();
      return grant;
    },
    issueRefreshToken: async (_, client) =>
      client.grantTypeAllowed('refresh_token'),
    // The portal revokes it when somebody signs out.
    expiresWithSession: async () => false,
    interactions: { url: (_, { uid }) => `${SIGN_IN_PATH}${uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
    },
    ttl: {
      AccessToken: HOUR,
      AuthorizationCode: 60,
      Grant: 30 * 24 * HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 30 * 24 * HOUR,
      Session: 12 * HOUR,
    },
    async renderError(context, { error, error_description: description }) {
      context.type = 'html';
      context.body = errorPage(description ?? error);
    },
  });
}

function claimsOf(person: Person) {
  return {
    sub: person.name,
    email: person.email,
    email_verified: true,
    name: person.displayName,
    preferred_username: person.name,
    groups: person.groups,
  };
}
