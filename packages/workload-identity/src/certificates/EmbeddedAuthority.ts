import { createECDH, hkdfSync, randomBytes, webcrypto } from 'node:crypto';
import { IdentityError } from '../IdentityError';
import { KEY_ALGORITHM, SIGNING_ALGORITHM, x509 } from './x509';

const TEN_YEARS_MS = 10 * 365.25 * 24 * 60 * 60 * 1000;
/** Clocks differ a little. */
/** So much earlier than now a certificate begins, for clocks that are behind. @public */
export const CLOCK_SKEW_MS = 60_000;

/** What is to be certified. @public */
export interface CertificateOrder {
  /** PKCS#10, in PEM; only its key is taken. */
  csr: string;
  /** The one URI name. */
  uri: string;
  expiresAt: Date;
}

/** @public */
export interface IssuedCertificate {
  /** In PEM, with what is between it and the authority behind it. */
  certificate: string;
  /** Lower-case hexadecimal digits. */
  serial: string;
  expiresAt: Date;
}

/** A certificate authority in this process, with a key made of the platform's secret. @public */
export class EmbeddedAuthority {
  static async open(options: {
    secret: Buffer;
    trustDomain: string;
    /** Its certificate of before, in PEM; made when there is none. */
    certificate?: string;
  }): Promise<EmbeddedAuthority> {
    const keys = await keysOf(options.secret);
    const name = `CN=ML Platform service accounts, O=${options.trustDomain}`;
    const certificate = options.certificate
      ? new x509.X509Certificate(options.certificate)
      : await x509.X509CertificateGenerator.createSelfSigned({
          name,
          keys,
          serialNumber: newSerial(),
          notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
          notAfter: new Date(Date.now() + TEN_YEARS_MS),
          signingAlgorithm: SIGNING_ALGORITHM,
          extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(
              x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
              true,
            ),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
          ],
        });
    return new EmbeddedAuthority(certificate, keys);
  }

  readonly #certificate: x509.X509Certificate;
  readonly #keys: CryptoKeyPair;

  private constructor(certificate: x509.X509Certificate, keys: CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  /** In PEM, for those who verify. */
  get certificate(): string {
    return this.#certificate.toString('pem');
  }

  /** @throws IdentityError when the request is not what it should be */
  async issue(order: CertificateOrder): Promise<IssuedCertificate> {
    const publicKey = await keyOfRequest(order.csr);
    const serialNumber = newSerial();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber,
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
      notAfter: order.expiresAt,
      publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: SIGNING_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        // Critical, for the name is in it alone (RFC 5280, 4.1.2.6).
        new x509.SubjectAlternativeNameExtension(
          [{ type: 'url', value: order.uri }],
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate),
      ],
    });
    return {
      certificate: certificate.toString('pem'),
      serial: certificate.serialNumber,
      expiresAt: certificate.notAfter,
    };
  }
}

/** The key that a request is for; who asks has it, for the request is signed with it. */
async function keyOfRequest(pem: string): Promise<x509.PublicKey> {
  let request: x509.Pkcs10CertificateRequest;
  try {
    request = new x509.Pkcs10CertificateRequest(pem);
  } catch {
    throw new IdentityError(
      'malformed',
      'csr: must be a certificate request (PKCS#10) in PEM',
    );
  }
  const { name } = request.publicKey.algorithm;
  const { modulusLength } = request.publicKey.algorithm as {
    modulusLength?: number;
  };
  if (modulusLength !== undefined && modulusLength < 2048) {
    throw new IdentityError(
      'malformed',
      `csr: an ${name} key of ${modulusLength} bits is too short; take 2048 or more, or P-256`,
    );
  }
  if (!(await request.verify().catch(() => false))) {
    throw new IdentityError(
      'forged',
      'csr: is not signed with the key that it is for',
    );
  }
  return request.publicKey;
}

async function keysOf(secret: Buffer): Promise<CryptoKeyPair> {
  const ecdh = createECDH('prime256v1');
  for (let round = 0; ; round++) {
    const info = `ml service account authority ${round}`;
    const d = Buffer.from(hkdfSync('sha256', secret, '', info, 32));
    try {
      ecdh.setPrivateKey(d);
    } catch {
      // One in four billion is no valid key.
      continue;
    }
    const point = ecdh.getPublicKey();
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    };
    const { subtle } = webcrypto;
    return {
      publicKey: await subtle.importKey('jwk', jwk, KEY_ALGORITHM, true, [
        'verify',
      ]),
      privateKey: await subtle.importKey(
        'jwk',
        { ...jwk, d: d.toString('base64url') },
        KEY_ALGORITHM,
        false,
        ['sign'],
      ),
    } as CryptoKeyPair;
  }
}

/** Positive, and 127 random bits. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] % 0x7f) + 1;
  return bytes.toString('hex');
}
