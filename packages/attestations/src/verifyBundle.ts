import {
  createPublicKey,
  type KeyObject,
  verify,
  type X509Certificate,
} from 'node:crypto';
import { parseBundle, type SignedPayload } from './bundle/bundle';
import { preAuthEncoding } from './dsse/preAuthEncoding';
import {
  IN_TOTO_PAYLOAD_TYPE,
  parseStatement,
  type Statement,
} from './intoto/statement';
import { fingerprintOf, hashOf } from './keys/keys';
import { ProofError } from './ProofError';
import { oneLine, subjectOf, verifyChain } from './x509/verifyChain';

/**
 * Whom to believe.
 * @public
 */
export interface Trust {
  keys: ReadonlyArray<{ name: string; key: KeyObject }>;
  certificates: ReadonlyArray<{ name: string; certificate: X509Certificate }>;
}

/**
 * Who signed, as far as the trusted keys and certificates tell.
 * @public
 */
export type SignedBy =
  | { method: 'key'; name: string; fingerprint: string }
  | {
      method: 'certificate';
      /** Subject of the signing certificate. */
      name: string;
      issuer: string;
      fingerprint: string;
      validTo: string;
    };

/**
 * A statement that somebody trusted has signed.
 * @public
 */
export interface VerifiedStatement {
  statement: Statement;
  signedBy: SignedBy;
}

/**
 * Checks a bundle: its form, that a trusted key or a certificate that leads to a
 * trusted one signed it, and that it holds an in-toto statement. What the
 * statement says is for the caller to compare.
 *
 * @param options - `at` is when certificates must have been valid; without a
 *   trusted time stamp, nobody but the caller can know when that was
 * @throws ProofError
 * @public
 */
export async function verifyBundle(
  bytes: Uint8Array,
  options: { trust: Trust; at: Date },
): Promise<VerifiedStatement> {
  const signed = parseBundle(bytes);
  const { signedBy } = await checkSignature(signed, options);
  if (signed.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    throw new ProofError(
      'WRONG_PAYLOAD_TYPE',
      `The envelope holds ${
        signed.payloadType || '(no type)'
      }, not ${IN_TOTO_PAYLOAD_TYPE}`,
    );
  }
  return { statement: parseStatement(signed.payload), signedBy };
}

/**
 * What a bundle says, whoever signed it: to show, never to rely on.
 * @throws ProofError when it cannot be read
 * @public
 */
export function peekBundle(bytes: Uint8Array): {
  statement: Statement;
  method: 'key' | 'certificate' | 'sigstore';
  /** Of the key, as the bundle has it. */
  hint?: string;
} {
  const { material, payload } = parseBundle(bytes);
  const statement = parseStatement(payload);
  switch (material.$case) {
    case 'publicKey':
      return {
        statement,
        method: 'key',
        hint: material.publicKey.hint || undefined,
      };
    case 'x509CertificateChain':
      return { statement, method: 'certificate' };
    default:
      return { statement, method: 'sigstore' };
  }
}

async function checkSignature(
  signed: SignedPayload,
  { at, trust }: { trust: Trust; at: Date },
): Promise<{ signedBy: SignedBy }> {
  const { material } = signed;
  switch (material.$case) {
    case 'publicKey':
      return { signedBy: checkKey(signed, material.publicKey.hint, trust) };
    case 'x509CertificateChain': {
      const certificate = await verifyChain({
        chain: material.x509CertificateChain.certificates.map(
          ({ rawBytes }) => rawBytes,
        ),
        trusted: trust.certificates.map(entry => entry.certificate),
        at,
      });
      const key = createPublicKey(
        certificate.publicKey.export({ type: 'spki', format: 'pem' }),
      );
      if (!holds(signed, key)) throw badSignature(subjectOf(certificate));
      return {
        signedBy: {
          method: 'certificate',
          name: subjectOf(certificate),
          issuer: oneLine(certificate.issuer),
          fingerprint: fingerprintOf(key),
          validTo: new Date(certificate.validTo).toISOString(),
        },
      };
    }
    default:
      throw new ProofError(
        'UNSUPPORTED',
        "The bundle was signed with the method 'sigstore', through a public service; the methods 'key' and 'certificate' can be checked",
      );
  }
}

function checkKey(
  signed: SignedPayload,
  hint: string,
  { keys }: Trust,
): SignedBy {
  const named = keys.map(entry => ({
    ...entry,
    fingerprint: fingerprintOf(entry.key),
  }));
  // Bundles of 2025 and before name no key.
  const candidates = hint
    ? named.filter(({ fingerprint }) => fingerprint === hint)
    : named;
  const signer = candidates.find(({ key }) => holds(signed, key));
  if (signer) {
    const { fingerprint, name } = signer;
    return { method: 'key', name, fingerprint };
  }
  if (hint && candidates.length) throw badSignature(candidates[0].name);
  throw new ProofError(
    'UNKNOWN_KEY',
    hint
      ? `It was signed with the key ${hint}, which is not trusted`
      : 'None of the trusted keys has signed it',
  );
}

function holds(
  { payloadType, payload, signature }: SignedPayload,
  key: KeyObject,
) {
  return verify(
    hashOf(key),
    preAuthEncoding(payloadType, payload),
    key,
    signature,
  );
}

function badSignature(signer: string): ProofError {
  return new ProofError(
    'BAD_SIGNATURE',
    `The signature of ${signer} does not fit what was signed: the bundle was changed`,
  );
}
