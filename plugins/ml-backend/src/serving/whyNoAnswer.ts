/** What OpenSSL says of an authority that it does not know. */
const UNKNOWN_AUTHORITY = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
];

/** Why a call of `fetch` failed, for people, and what to do about it. */
export function whyNoAnswer(error: unknown): string {
  const { cause, message } = error as Error & {
    cause?: Error & { code?: string };
  };
  const why = cause?.message || message;
  return UNKNOWN_AUTHORITY.includes(cause?.code ?? '')
    ? `${why}. Name the authority of its certificate in ml.serving.embedded.caFile`
    : why;
}
