import { createHash } from 'node:crypto';
import type { AccessSnapshot } from '@ml-platform/plugin-ml-common';
import {
  accountRef,
  IdentityError,
  isAccountToken,
  spiffeNameOf,
  verifyAccountCertificate,
  verifyAccountToken,
} from '@ml-platform/workload-identity';
import type { JSONWebKeySet } from 'jose';
import type {
  CallerAuthenticator,
  CallerCredentials,
  Consumer,
} from '../callers/CallerAuthenticator';
import type { ConsumerRules } from '../callers/callersFile';
import { unauthenticated } from '../callers/KeyAuthenticator';
import type { AccessStore } from './AccessStore';

type Environments = AccessSnapshot['accounts'][number]['environments'];

/** What was shown and believed, apart from whether it was revoked since. */
interface Believed {
  ref: string;
  credential: string;
  /** Milliseconds since 1970. */
  expires: number;
  /** What a token limits itself to; a certificate does not. */
  scope?: { predict: boolean; models: string[]; environments: string[] };
}

/** Signatures are looked at once, and not for each request of a connection. */
const REMEMBERED = 1_000;

/**
 * Knows service accounts by their token or their client certificate, without
 * asking the portal. What was revoked is looked up for each request.
 */
export class AccountAuthenticator implements CallerAuthenticator {
  readonly how = 'a token or a certificate of a service account';
  readonly #access: AccessStore;
  #remembered = new Map<string, Believed>();
  /** What they were believed by. */
  #by: AccessSnapshot | undefined;

  constructor(access: AccessStore) {
    this.#access = access;
  }

  async authenticate(
    credentials: CallerCredentials,
  ): Promise<Consumer | undefined> {
    const { snapshot } = this.#access;
    if (!snapshot) return undefined;
    const token = tokenIn(credentials.headers);
    if (token !== undefined) {
      return this.#admit(
        snapshot,
        await this.#believe(snapshot, token, () =>
          believeToken(token, snapshot),
        ),
      );
    }
    const { certificate } = credentials;
    if (!certificate || showsKey(credentials.headers)) return undefined;
    // One that names somebody else is for others to judge.
    const domain = `spiffe://${snapshot.trustDomain}/`;
    if (!spiffeNameOf(certificate)?.startsWith(domain)) return undefined;
    return this.#admit(
      snapshot,
      await this.#believe(snapshot, certificate, async () =>
        believeCertificate(certificate, snapshot),
      ),
    );
  }

  async #believe(
    snapshot: AccessSnapshot,
    shown: string | Buffer,
    look: () => Promise<Believed>,
  ): Promise<Believed> {
    if (this.#by !== snapshot) {
      // Keys and authorities may be others now.
      this.#remembered = new Map();
      this.#by = snapshot;
    }
    const key = createHash('sha256').update(shown).digest('base64');
    const known = this.#remembered.get(key);
    if (known && known.expires > Date.now()) return known;
    let believed: Believed;
    try {
      believed = await look();
    } catch (error) {
      if (!(error instanceof IdentityError)) throw error;
      throw unauthenticated(error.message);
    }
    if (this.#by === snapshot) {
      if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
      this.#remembered.set(key, believed);
    }
    return believed;
  }

  #admit(snapshot: AccessSnapshot, believed: Believed): Consumer {
    const { credential, ref, scope } = believed;
    if (snapshot.denied.includes(credential)) {
      throw unauthenticated(`what ${ref} shows was revoked`);
    }
    const account = snapshot.accounts.find(each => each.ref === ref);
    if (!account) {
      throw unauthenticated(
        `${ref} may not ask for predictions, or was revoked`,
      );
    }
    this.#access.touch(ref);
    const name = ref.replace(/^service-account:/, '');
    return { name, rules: rulesOf(name, account, scope) };
  }
}

function rulesOf(
  name: string,
  account: AccessSnapshot['accounts'][number],
  scope: Believed['scope'],
): ConsumerRules {
  const models = scope
    ? account.models.filter(model => scope.models.includes(model))
    : account.models;
  const environments: Environments = scope
    ? account.environments.filter(each => scope.environments.includes(each))
    : account.environments;
  const isAllowed =
    (scope?.predict ?? true) && models.length > 0 && environments.length > 0;
  return {
    ...{ name, keys: [], certificates: [], limits: account.limits ?? {} },
    allow: isAllowed ? [{ environments, models }] : [],
  };
}

async function believeToken(
  token: string,
  { audience, issuer, keys }: AccessSnapshot,
): Promise<Believed> {
  const claims = await verifyAccountToken(token, {
    keys: keys as unknown as JSONWebKeySet,
    issuer,
    audience,
  });
  return {
    ref: claims.sub,
    credential: claims.jti,
    expires: claims.exp * 1000,
    scope: {
      predict: claims.scope.split(' ').includes('predict'),
      models: claims.models,
      environments: claims.environments,
    },
  };
}

function believeCertificate(
  certificate: Buffer,
  { authorities, trustDomain }: AccessSnapshot,
): Believed {
  const found = verifyAccountCertificate(certificate, {
    authorities,
    trustDomain,
  });
  return {
    ref: accountRef(found.account),
    credential: found.serial,
    expires: found.expiresAt.getTime(),
  };
}

function tokenIn(headers: CallerCredentials['headers']): string | undefined {
  const { authorization } = headers;
  if (typeof authorization !== 'string') return undefined;
  const token = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  return token !== undefined && isAccountToken(token) ? token : undefined;
}

function showsKey(headers: CallerCredentials['headers']): boolean {
  return (
    headers.authorization !== undefined || headers['x-api-key'] !== undefined
  );
}
