/**
 * Whether somebody trusted has signed a version: `signed` when at least one
 * signature holds; `untrusted` when nobody trusted has signed; `invalid` when a
 * signature does not fit what it is attached to.
 * @public
 */
export const SIGNATURE_STATES = [
  'signed',
  'untrusted',
  'invalid',
  'unsigned',
] as const;

/** @public */
export type SignatureState = (typeof SIGNATURE_STATES)[number];

/**
 * Who signed, as far as it was checked.
 * @public
 */
export interface ProofSigner {
  method: 'key' | 'certificate';
  /** Name of the trusted key, or subject of the certificate. */
  name: string;
  /** SHA-256 of the public key in PEM form, in hex. */
  fingerprint: string;
  /** Of a certificate. */
  issuer?: string;
}

/**
 * A signature or attestation that is attached to a version.
 * @public
 */
export interface ProofReport {
  /** Digest of the manifest that attaches it. */
  digest: string;
  /** Digest of the bundle itself. */
  bundleDigest: string;
  /** What it says: a model signature, a test result … */
  predicateType?: string;
  state: 'valid' | 'untrusted' | 'invalid';
  /** Of a valid one. */
  signer?: ProofSigner;
  /** Why it does not hold. */
  problem?: { code: string; message: string };
  /** As its manifest says; nobody has checked that. */
  createdAt?: string;
  /** What a valid attestation says. */
  predicate?: Record<string, unknown>;
}

/**
 * Anything else that is attached, such as a bill of materials.
 * @public
 */
export interface AttachedArtifact {
  digest: string;
  artifactType: string;
  size: number;
}

/**
 * What is known of where a version comes from.
 * @public
 */
export interface VersionProof {
  model: string;
  version: string;
  /** Of the version's manifest. */
  digest: string;
  repository: string;
  state: SignatureState;
  /** Who signed, of the first signature that holds. */
  signer?: ProofSigner;
  /** A sentence for people. */
  summary: string;
  /** Whether production takes signed versions of this model only. */
  requiredForProduction: boolean;
  signatures: ProofReport[];
  /** Other in-toto attestations. */
  attestations: ProofReport[];
  others: AttachedArtifact[];
}

/**
 * A key or certificate that is believed.
 * @public
 */
export interface TrustAnchor {
  name: string;
  kind: 'key' | 'certificate';
  /** A public key, or a certificate. */
  pem: string;
  /** SHA-256 of the public key in PEM form, in hex. */
  fingerprint: string;
  /** Teams for whose models it counts; for all when there are none. */
  owners: string[];
}

/**
 * Whom the platform believes for a model.
 * @public
 */
export interface ModelTrust {
  model: string;
  requiredForProduction: boolean;
  anchors: TrustAnchor[];
}
