import { X509Certificate } from 'node:crypto';
import { type AccountName, parseSpiffeId } from '../accountNames';
import { IdentityError } from '../IdentityError';
import { MAX_LIFETIME_SECONDS } from '../tokens/claims';

/** @public */
export interface CertificateTrust {
  /** Certificates of the authorities, in PEM. */
  authorities: readonly string[];
  trustDomain: string;
}

/** Whom a certificate names. @public */
export interface CertifiedAccount {
  account: AccountName;
  /** Lower-case hexadecimal digits. */
  serial: string;
  notBefore: Date;
  expiresAt: Date;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SPIFFE_NAME = /(?:^|, )URI:(spiffe:[^,"]*)/g;
/** A day, and what clocks may differ by. */
const MAX_LIFETIME_MS = (MAX_LIFETIME_SECONDS + 300) * 1000;

/**
 * Checks a client certificate; that who shows it has its key is for TLS or a
 * signature to prove, and whether it was revoked for the caller to know.
 * @throws IdentityError
 * @public
 */
export function verifyAccountCertificate(
  certificate: Buffer | string,
  trust: CertificateTrust,
  now = new Date(),
): CertifiedAccount {
  const leaf = read(certificate);
  const issued = trust.authorities.some(pem => {
    const authority = new X509Certificate(pem);
    return leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
  });
  if (!issued) {
    throw new IdentityError(
      'forged',
      'the certificate is of no authority that is believed here',
    );
  }
  if (leaf.ca || !leaf.keyUsage?.includes(CLIENT_AUTH)) {
    throw new IdentityError('malformed', 'the certificate is not for clients');
  }
  const notBefore = new Date(leaf.validFrom);
  const expiresAt = new Date(leaf.validTo);
  if (expiresAt.getTime() - notBefore.getTime() > MAX_LIFETIME_MS) {
    throw new IdentityError('malformed', 'the certificate lives too long');
  }
  if (now < notBefore) {
    throw new IdentityError(
      'not-yet-valid',
      `the certificate is valid from ${notBefore.toISOString()} on`,
    );
  }
  if (now >= expiresAt) {
    throw new IdentityError(
      'expired',
      `the certificate expired at ${expiresAt.toISOString()}`,
    );
  }
  const names = [...(leaf.subjectAltName ?? '').matchAll(SPIFFE_NAME)];
  if (names.length !== 1) {
    throw new IdentityError(
      'wrong-name',
      `the certificate has ${names.length} SPIFFE names; it must have one`,
    );
  }
  return {
    account: parseSpiffeId(names[0][1], trust.trustDomain),
    serial: leaf.serialNumber.toLowerCase(),
    notBefore,
    expiresAt,
  };
}

/** The SPIFFE name of a certificate, believed or not. @public */
export function spiffeNameOf(certificate: Buffer | string): string | undefined {
  const [name] = [
    ...(read(certificate).subjectAltName ?? '').matchAll(SPIFFE_NAME),
  ];
  return name?.[1];
}

function read(certificate: Buffer | string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch {
    throw new IdentityError('malformed', 'the certificate cannot be read');
  }
}
