import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { parseAccountRef } from '../accountNames';
import { IdentityError, type IdentityProblem } from '../IdentityError';
import {
  type AccountClaims,
  claimsSchema,
  MAX_LIFETIME_SECONDS,
  TOKEN_TYPE,
} from './claims';

/** @public */
export interface TokenTrust {
  /** Public keys of the issuer. */
  keys: JSONWebKeySet;
  issuer: string;
  /** Who is asked. */
  audience: string;
}

/**
 * Checks everything that a token says of itself, without asking anybody;
 * whether it was revoked is for the caller to know.
 * @throws IdentityError
 * @public
 */
export async function verifyAccountToken(
  token: string,
  trust: TokenTrust,
  now = new Date(),
): Promise<AccountClaims> {
  const claims = await readVerified(token, trust, now);
  parseAccountRef(claims.sub);
  if (claims.exp - claims.iat > MAX_LIFETIME_SECONDS) {
    throw new IdentityError('malformed', 'the token lives longer than a day');
  }
  return claims;
}

async function readVerified(
  token: string,
  trust: TokenTrust,
  now: Date,
): Promise<AccountClaims> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(trust.keys), {
      algorithms: ['EdDSA'],
      audience: trust.audience,
      currentDate: now,
      issuer: trust.issuer,
      typ: TOKEN_TYPE,
      requiredClaims: ['exp', 'iat', 'jti', 'sub'],
    });
    return claimsSchema.parse(payload);
  } catch (error) {
    throw toIdentityError(error);
  }
}

const BY_CLAIM: Record<string, IdentityProblem | undefined> = {
  aud: 'wrong-audience',
  iss: 'wrong-issuer',
  nbf: 'not-yet-valid',
};

function toIdentityError(error: unknown): IdentityError {
  if (error instanceof errors.JWTExpired) {
    const at = new Date(Number(error.payload.exp) * 1000).toISOString();
    return new IdentityError('expired', `the token expired at ${at}`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const problem = BY_CLAIM[error.claim] ?? 'malformed';
    const says: Partial<Record<IdentityProblem, string>> = {
      'wrong-audience': 'the token was issued for something else',
      'wrong-issuer': 'the token is of another issuer',
    };
    return new IdentityError(
      problem,
      says[problem] ?? `the token's '${error.claim}' is not valid`,
    );
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JOSEAlgNotAllowed
  ) {
    return new IdentityError('forged', 'the token is not signed by the issuer');
  }
  return new IdentityError('malformed', 'the token cannot be read');
}
