/**
 * What can be wrong with a signature. Stable: reports and scripts rely on it.
 * @public
 */
export const PROOF_PROBLEMS = [
  /** Not a Sigstore bundle with a DSSE envelope that we can read. */
  'MALFORMED',
  'WRONG_MEDIA_TYPE',
  'WRONG_PAYLOAD_TYPE',
  'WRONG_STATEMENT_TYPE',
  'WRONG_PREDICATE_TYPE',
  /** A method, curve, hash or way of listing files that we do not check. */
  'UNSUPPORTED',
  /** Signed with a key that is not among the trusted ones. */
  'UNKNOWN_KEY',
  'BAD_SIGNATURE',
  'CERTIFICATE_UNTRUSTED',
  'CERTIFICATE_EXPIRED',
  /** A certificate that is not made for signing. */
  'CERTIFICATE_USAGE',
  /** The digest of the subject does not follow from what the statement lists. */
  'INCONSISTENT',
  /** Speaks of other files than those it was checked against. */
  'FILES_DIFFER',
  /** Speaks of something else than what it was checked against. */
  'OTHER_SUBJECT',
] as const;

/** @public */
export type ProofProblem = (typeof PROOF_PROBLEMS)[number];

/** Problems that say that nobody trusted has signed, rather than that something was changed. */
const TRUST_PROBLEMS: readonly ProofProblem[] = [
  'UNKNOWN_KEY',
  'CERTIFICATE_UNTRUSTED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_USAGE',
];

/**
 * A signature or attestation that does not hold.
 * @public
 */
export class ProofError extends Error {
  readonly name = 'ProofError';
  readonly problem: ProofProblem;

  constructor(problem: ProofProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = problem;
  }

  /** Whether nobody trusted has signed, rather than that something was changed. */
  get isAboutTrust(): boolean {
    return TRUST_PROBLEMS.includes(this.problem);
  }
}
