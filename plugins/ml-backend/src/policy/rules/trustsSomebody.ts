import type { SignatureSettings } from '../../proof/signatureSettings';
import type { PolicyRule } from './PolicyRule';

/** Signatures can be required only where somebody's count. */
export function trustsSomebody({ anchors }: SignatureSettings): PolicyRule {
  return {
    async problemOf({ signatures }) {
      return signatures?.requiredForProduction && !anchors.length
        ? 'signatures.requiredForProduction: production would take signed versions only, and nobody is named whose signature counts; add a key to ml.signatures.trusted of the configuration first'
        : undefined;
    },
  };
}
