import type { CiTrust } from '@ml-platform/plugin-ml-common';
import { IdentityError } from '@ml-platform/workload-identity';
import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'ES256',
  'ES384',
  'EdDSA',
];
const TIMEOUT_MS = 5_000;

/**
 * Believes tokens that CI systems give their jobs (OpenID Connect), by the keys
 * that the issuer publishes. Only issuers that the configuration names are
 * asked, so that nobody makes the portal call an address of their choice.
 */
export class CiTokens {
  readonly #issuers: readonly string[];
  readonly #keys = new Map<string, Promise<JWTVerifyGetKey>>();

  constructor(options: { issuers: readonly string[] }) {
    this.#issuers = options.issuers;
  }

  /** @throws IdentityError */
  async verify(
    token: string,
    trust: CiTrust,
  ): Promise<{ subject: string; expiresAt: Date }> {
    // Before anybody is asked: most that is wrong is wrong here.
    if (issuerOf(token) !== trust.issuer) {
      throw new IdentityError('wrong-issuer', 'it is of another issuer');
    }
    if (!this.#issuers.includes(trust.issuer)) {
      throw new IdentityError(
        'wrong-issuer',
        `${trust.issuer} is not asked any more (ml.serviceAccounts.ciIssuers)`,
      );
    }
    const keys = await this.#keysOf(trust.issuer);
    let subject: string;
    let expires: number;
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        audience: trust.audience,
        issuer: trust.issuer,
        maxTokenAge: '1h',
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      subject = payload.sub!;
      expires = payload.exp!;
    } catch (error) {
      throw toIdentityError(error);
    }
    if (!patternOf(trust.subject).test(subject)) {
      throw new IdentityError(
        'wrong-name',
        `its subject '${subject.slice(0, 200)}' is not '${trust.subject}'`,
      );
    }
    return {
      subject: subject.slice(0, 200),
      expiresAt: new Date(expires * 1000),
    };
  }

  #keysOf(issuer: string): Promise<JWTVerifyGetKey> {
    let keys = this.#keys.get(issuer);
    if (!keys) {
      keys = discover(issuer);
      this.#keys.set(issuer, keys);
      // What failed is tried again with the next token.
      keys.catch(() => this.#keys.delete(issuer));
    }
    return keys;
  }
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  let found: z.infer<typeof discoverySchema>;
  try {
    const response = await fetch(url, {
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    found = discoverySchema.parse(await response.json());
  } catch (error) {
    throw new IdentityError(
      'wrong-issuer',
      `${url} could not be read: ${(error as Error).message}`,
    );
  }
  if (found.issuer !== issuer) {
    throw new IdentityError(
      'wrong-issuer',
      `${url} says that it is of ${found.issuer.slice(0, 200)}`,
    );
  }
  return createRemoteJWKSet(new URL(found.jwks_uri), {
    timeoutDuration: TIMEOUT_MS,
  });
}

/** `*` stands for anything but a colon, so that it cannot reach into the next part. */
function patternOf(subject: string): RegExp {
  const parts = subject
    .split('*')
    .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^:]*')}$`);
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new IdentityError('malformed', 'it is no token (JWT)');
  }
}

function toIdentityError(error: unknown): IdentityError {
  if (error instanceof errors.JWTExpired) {
    return new IdentityError(
      'expired',
      'it has expired, or is older than an hour',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'aud'
      ? new IdentityError('wrong-audience', 'it was issued for something else')
      : new IdentityError('malformed', `its '${error.claim}' is not valid`);
  }
  if (error instanceof errors.JWKSTimeout) {
    return new IdentityError('wrong-issuer', 'its issuer does not answer');
  }
  return new IdentityError('forged', 'it is not signed by its issuer');
}
