import { sign, type X509Certificate } from 'node:crypto';
import type { SignedPayload } from './bundle/bundle';
import { encodeBundle } from './bundle/bundle';
import { preAuthEncoding } from './dsse/preAuthEncoding';
import { IN_TOTO_PAYLOAD_TYPE, type Statement } from './intoto/statement';
import { fingerprintOf, hashOf, readPrivateKey, toPem } from './keys/keys';
import { readCertificates } from './x509/readCertificates';
import { subjectOf } from './x509/verifyChain';

/** @public */
export interface SignerOptions {
  /** In PEM form. */
  privateKey: string | Buffer;
  passphrase?: string;
  /** Certificate of the key in PEM form, for the method `certificate`. */
  certificate?: string | Buffer;
  /** Certificates between it and a trusted one, in PEM form. */
  chain?: string | Buffer;
}

/**
 * Signs statements. The private key stays inside.
 * @public
 */
export interface Signer {
  method: 'key' | 'certificate';
  /** Of the public key. */
  fingerprint: string;
  /** For people: who signs. */
  description: string;
  /** Gives a Sigstore bundle, as JSON. */
  sign(statement: Statement): Buffer;
}

/**
 * @throws Error that says what is wrong with the key or the certificates
 * @public
 */
export function createSigner(options: SignerOptions): Signer {
  const key = readPrivateKey(options.privateKey, options.passphrase);
  const fingerprint = fingerprintOf(key);
  const certificates = certificatesOf(options, fingerprint);
  const material: SignedPayload['material'] = certificates
    ? {
        $case: 'x509CertificateChain',
        x509CertificateChain: {
          certificates: certificates.map(({ raw }) => ({ rawBytes: raw })),
        },
      }
    : { $case: 'publicKey', publicKey: { hint: fingerprint } };
  return {
    method: certificates ? 'certificate' : 'key',
    fingerprint,
    description: certificates
      ? subjectOf(certificates[0])
      : `key ${fingerprint.slice(0, 16)}`,
    sign: statement => {
      const payload = Buffer.from(JSON.stringify(statement));
      const payloadType = IN_TOTO_PAYLOAD_TYPE;
      const signature = sign(
        hashOf(key),
        preAuthEncoding(payloadType, payload),
        key,
      );
      return encodeBundle({ material, payloadType, payload, signature });
    },
  };
}

function certificatesOf(
  { certificate, chain }: SignerOptions,
  fingerprint: string,
): X509Certificate[] | undefined {
  if (!certificate) {
    if (chain) throw new Error('a chain needs the certificate of the key');
    return undefined;
  }
  const [own, ...rest] = readCertificates(certificate);
  if (fingerprintOf(own.publicKey) !== fingerprint) {
    throw new Error(
      `the certificate of ${subjectOf(own)} belongs to another key (${toPem(
        own.publicKey,
      ).slice(27, 47)}…)`,
    );
  }
  return [own, ...rest, ...(chain ? readCertificates(chain) : [])];
}
