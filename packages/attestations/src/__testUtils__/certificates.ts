import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const DAY = 24 * 60 * 60 * 1000;

/** A certificate with its key. */
export interface Identity {
  certificate: X509Certificate;
  /** In PEM form. */
  pem: string;
  /** In PEM form. */
  privateKey: string;
  keys: webcrypto.CryptoKeyPair;
}

/** Issues a certificate; without an issuer, one that it signs itself. */
export async function issue(options: {
  name: string;
  issuer?: Identity;
  isAuthority?: boolean;
  pathLength?: number;
  /** `codeSigning` when not given. */
  usage?: 'codeSigning' | 'digitalSignature' | 'keyAgreement';
  notBefore?: Date;
  notAfter?: Date;
}): Promise<Identity> {
  const { issuer, isAuthority, name, usage = 'codeSigning' } = options;
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(
      isAuthority ?? false,
      options.pathLength,
      true,
    ),
  ];
  if (isAuthority) {
    extensions.push(
      // eslint-disable-next-line no-bitwise
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign),
    );
  } else if (usage === 'codeSigning') {
    extensions.push(new ExtendedKeyUsageExtension([CODE_SIGNING]));
  } else {
    extensions.push(new KeyUsagesExtension(KeyUsageFlags[usage], true));
  }
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
        .fill(1, 0, 1)
        .toString('hex'),
      subject: `CN=${name}`,
      issuer: issuer?.certificate.subject ?? `CN=${name}`,
      notBefore: options.notBefore ?? new Date(Date.now() - DAY),
      notAfter: options.notAfter ?? new Date(Date.now() + DAY),
      publicKey: keys.publicKey,
      signingKey: (issuer?.keys ?? keys).privateKey,
      signingAlgorithm: ALGORITHM,
      extensions,
    },
    webcrypto as unknown as Crypto,
  );
  const pkcs8 = Buffer.from(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
  );
  return {
    certificate,
    keys,
    pem: `${certificate.toString('pem')}\n`,
    privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString(
      'base64',
    )}\n-----END PRIVATE KEY-----\n`,
  };
}
