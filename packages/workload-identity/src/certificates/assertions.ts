import {
  createPrivateKey,
  createPublicKey,
  randomUUID,
  X509Certificate,
} from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { accountRef } from '../accountNames';
import { IdentityError } from '../IdentityError';
import {
  type CertificateTrust,
  type CertifiedAccount,
  spiffeNameOf,
  verifyAccountCertificate,
} from './verifyAccountCertificate';

/** Tells an assertion from all other tokens. */
const ASSERTION_TYPE = 'ml-sa-assertion+jwt';
const LIFETIME_SECONDS = 60;
const ALGORITHMS = ['ES256', 'ES384', 'PS256', 'EdDSA'];

/**
 * Shows the portal a certificate where no TLS of ours ends: a statement, good
 * once and for a minute, that is signed with the certificate's key (RFC 7523,
 * with the certificate in `x5c`).
 * @public
 */
export async function createAssertion(options: {
  /** In PEM. */
  certificate: string;
  /** In PEM. */
  privateKey: string;
  audience: string;
}): Promise<string> {
  const certificate = new X509Certificate(options.certificate);
  const key = createPrivateKey(options.privateKey);
  const name = spiffeNameOf(options.certificate);
  return new SignJWT({ sub: name })
    .setProtectedHeader({
      alg: algorithmOf(key.asymmetricKeyType, key.asymmetricKeyDetails),
      typ: ASSERTION_TYPE,
      x5c: [certificate.raw.toString('base64')],
    })
    .setAudience(options.audience)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME_SECONDS}s`)
    .sign(key);
}

/**
 * Whose assertion it is; that it is shown once is for the caller to see to.
 * @throws IdentityError
 * @public
 */
export async function verifyAssertion(
  assertion: string,
  trust: CertificateTrust & { audience: string },
  now = new Date(),
): Promise<CertifiedAccount & { id: string }> {
  let leaf: Buffer;
  try {
    const { x5c } = decodeProtectedHeader(assertion);
    leaf = Buffer.from(x5c![0], 'base64');
  } catch {
    throw new IdentityError('malformed', 'the assertion cannot be read');
  }
  const certified = verifyAccountCertificate(leaf, trust, now);
  const key = createPublicKey(
    new X509Certificate(leaf).publicKey.export({
      type: 'spki',
      format: 'pem',
    }),
  );
  try {
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: ALGORITHMS,
      audience: trust.audience,
      currentDate: now,
      maxTokenAge: LIFETIME_SECONDS,
      typ: ASSERTION_TYPE,
      requiredClaims: ['exp', 'iat', 'jti'],
    });
    return { ...certified, id: payload.jti! };
  } catch (error) {
    const who = accountRef(certified.account);
    if (error instanceof errors.JWTExpired) {
      throw new IdentityError('expired', `the assertion of ${who} is over`);
    }
    if (
      error instanceof errors.JWTClaimValidationFailed &&
      error.claim === 'aud'
    ) {
      throw new IdentityError(
        'wrong-audience',
        `the assertion of ${who} is for something else`,
      );
    }
    throw new IdentityError(
      'forged',
      `the assertion is not signed with the key of ${who}`,
    );
  }
}

function algorithmOf(
  type: string | undefined,
  details: { namedCurve?: string } | undefined,
): string {
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'rsa') return 'PS256';
  return details?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256';
}
