import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { ProofError } from '../ProofError';

/** The curves of OMS v1.0, and the hash that goes with each. */
const HASH_OF_CURVE: Record<string, string> = {
  prime256v1: 'sha256',
  secp384r1: 'sha384',
  secp521r1: 'sha512',
};

/** Curves by the names that people use. */
const CURVES = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
} as const;

/** @public */
export type CurveName = keyof typeof CURVES;

/** @public */
export const CURVE_NAMES = Object.keys(CURVES) as CurveName[];

/**
 * Makes a key pair; the private half is encrypted where a passphrase is given.
 * @public
 */
export function generateKeys(options: {
  curve: CurveName;
  passphrase?: string;
}): { privateKey: string; publicKey: string; fingerprint: string } {
  const { curve, passphrase } = options;
  const pair = generateKeyPairSync('ec', { namedCurve: CURVES[curve] });
  return {
    privateKey: pair.privateKey
      .export({
        type: 'pkcs8',
        format: 'pem',
        ...(passphrase !== undefined && {
          cipher: 'aes-256-cbc',
          passphrase,
        }),
      })
      .toString(),
    publicKey: toPem(pair.publicKey),
    fingerprint: fingerprintOf(pair.publicKey),
  };
}

/**
 * Reads a private key.
 * @throws Error that says what is wrong with it, and nothing of its content
 * @public
 */
export function readPrivateKey(
  pem: string | Buffer,
  passphrase?: string,
): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: 'pem', passphrase });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MISSING_PASSPHRASE' || /passphrase/i.test(String(error)))
      throw new Error('the private key is encrypted, and needs its passphrase');
    if (/decrypt/i.test(String(error)))
      throw new Error('the passphrase is not that of the private key');
    throw new Error('it is not a private key in PEM form');
  }
  hashOf(key);
  return key;
}

/**
 * Reads a public key, also out of a private one.
 * @public
 */
export function readPublicKey(pem: string | Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: pem, format: 'pem' });
  } catch {
    throw new Error('it is not a public key in PEM form');
  }
  hashOf(key);
  return key;
}

/**
 * Name of the hash that is signed with a key.
 * @throws ProofError when OMS does not sign with such a key
 */
export function hashOf(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const hash =
    key.asymmetricKeyType === 'ec' ? HASH_OF_CURVE[curve ?? ''] : undefined;
  if (!hash) {
    throw new ProofError(
      'UNSUPPORTED',
      `A key of type ${key.asymmetricKeyType}${
        curve ? ` on ${curve}` : ''
      } cannot be used; take an elliptic curve key on ${CURVE_NAMES.join(
        ', ',
      )}`,
    );
  }
  return hash;
}

/**
 * How OMS names a public key: SHA-256 of its PEM form, in hex.
 * @public
 */
export function fingerprintOf(key: KeyObject): string {
  return createHash('sha256').update(toPem(key)).digest('hex');
}

/**
 * Public key in PEM form, also of a private one.
 * @public
 */
export function toPem(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
