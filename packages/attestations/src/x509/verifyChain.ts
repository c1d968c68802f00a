import { webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicConstraints,
  Certificate,
  CertificateChainValidationEngine,
  type CertificateChainValidationEngineVerifyResult,
  CryptoEngine,
} from 'pkijs';
import { ProofError } from '../ProofError';
import { allowsSigning } from './allowsSigning';

const CRYPTO = new CryptoEngine({
  name: 'node',
  crypto: webcrypto as unknown as Crypto,
});

const BASIC_CONSTRAINTS = '2.5.29.19';

/** Result codes of pkijs that speak of the time. */
const TIME_CODES = [8, 9];

/**
 * Checks that a signing certificate leads to a trusted one, was valid at the
 * time, and is made for signing; the path is validated by pkijs (RFC 5280).
 *
 * @remarks
 * A trusted certificate is an anchor as it stands: it need not be self-signed,
 * so that trust in a single team's intermediate authority can be said.
 */
export async function verifyChain(options: {
  /** The signing certificate first, in DER form. */
  chain: readonly Uint8Array[];
  trusted: readonly X509Certificate[];
  at: Date;
}): Promise<X509Certificate> {
  const { at, chain, trusted } = options;
  const [leaf, ...others] = chain.map(readDer);
  if (!leaf) {
    throw new ProofError('MALFORMED', 'The bundle has no certificate');
  }
  expectValidAt(leaf, at);
  if (trusted.some(anchor => anchor.raw.equals(leaf.raw))) {
    expectSigning(leaf);
    return leaf;
  }
  const engine = new CertificateChainValidationEngine({
    trustedCerts: trusted.map(toPkijs),
    // The engine takes the last one for the one to check.
    certs: [...others, leaf].map(toPkijs),
    checkDate: at,
  });
  const {
    certificatePath = [],
    result,
    resultCode,
    resultMessage,
  }: CertificateChainValidationEngineVerifyResult = await engine
    .verify({}, CRYPTO)
    .catch((error: Error) => ({
      result: false,
      resultCode: -1,
      resultMessage: error.message,
    }));
  if (!result) {
    const expired = others.find(certificate => !isValidAt(certificate, at));
    if (expired && TIME_CODES.includes(resultCode)) expectValidAt(expired, at);
    throw new ProofError(
      'CERTIFICATE_UNTRUSTED',
      `The certificate of ${subjectOf(leaf)}, issued by ${oneLine(
        leaf.issuer,
      )}, does not lead to a trusted one (${resultMessage})`,
    );
  }
  expectPathLengths(certificatePath, leaf);
  expectSigning(leaf);
  return leaf;
}

/** Subject of a certificate on one line. */
export function subjectOf(certificate: X509Certificate): string {
  return oneLine(certificate.subject);
}

export function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

/** How many authorities may stand below another; the engine reads past it. */
function expectPathLengths(path: Certificate[], leaf: X509Certificate): void {
  path.forEach(({ extensions = [] }, index) => {
    const constraints: unknown = extensions.find(
      ({ extnID }) => extnID === BASIC_CONSTRAINTS,
    )?.parsedValue;
    const limit =
      constraints instanceof BasicConstraints
        ? constraints.pathLenConstraint
        : undefined;
    if (limit === undefined) return;
    const length = typeof limit === 'number' ? limit : Number(limit.toBigInt());
    if (index - 1 > length) {
      throw new ProofError(
        'CERTIFICATE_UNTRUSTED',
        `The certificate of ${subjectOf(
          leaf,
        )} has more authorities above it than one of them allows`,
      );
    }
  });
}

function readDer(bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch (error) {
    throw new ProofError(
      'MALFORMED',
      'A certificate in the bundle cannot be read',
      error,
    );
  }
}

function toPkijs({ raw }: X509Certificate): Certificate {
  return Certificate.fromBER(raw);
}

function isValidAt(certificate: X509Certificate, at: Date): boolean {
  return (
    at >= new Date(certificate.validFrom) && at <= new Date(certificate.validTo)
  );
}

function expectValidAt(certificate: X509Certificate, at: Date): void {
  if (isValidAt(certificate, at)) return;
  throw new ProofError(
    'CERTIFICATE_EXPIRED',
    `The certificate of ${subjectOf(certificate)} is valid from ${toIso(
      certificate.validFrom,
    )} to ${toIso(certificate.validTo)}, and not at ${at.toISOString()}`,
  );
}

function expectSigning(certificate: X509Certificate): void {
  if (allowsSigning(certificate)) return;
  throw new ProofError(
    'CERTIFICATE_USAGE',
    `The certificate of ${subjectOf(
      certificate,
    )} is not made for signing; it needs the key usage digitalSignature or the extended key usage codeSigning`,
  );
}

function toIso(text: string): string {
  return new Date(text).toISOString();
}
