import type {
  ProofReport,
  SignatureState,
} from '@ml-platform/plugin-ml-common';

/** What the portal says about signatures; a part of `texts`. */
export const proofTexts = {
  title: 'Proof',
  state: {
    signed: 'Signed',
    untrusted: 'Not signed by anybody trusted',
    invalid: 'Signature does not verify',
    unsigned: 'Unsigned',
  } satisfies Record<SignatureState, string>,
  report: {
    valid: 'holds',
    untrusted: 'not trusted',
    invalid: 'does not verify',
  } satisfies Record<ProofReport['state'], string>,
  signedBy: (name: string) => `Signed by ${name}`,
  required: 'Production takes signed versions of this model only.',
  table: 'Signatures and attestations',
  kind: (predicateType?: string) => {
    if (!predicateType || predicateType.includes('model_signing')) {
      return 'Signature';
    }
    return predicateType.includes('test-result')
      ? 'Test result'
      : predicateType;
  },
  check: 'Check it yourself',
  sign: 'Sign it',
  checking: 'Looking who signed it…',
  refused: (version: string, state: SignatureState) =>
    state === 'unsigned'
      ? `${version} is not signed, and production takes signed versions only. Sign it with ml sign.`
      : `${version}: ${proofState(
          state,
        )}. Production takes signed versions only.`,
};

function proofState(state: SignatureState): string {
  return state === 'invalid'
    ? 'its signature does not verify'
    : 'nobody trusted has signed it';
}
