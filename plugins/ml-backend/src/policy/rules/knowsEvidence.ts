import type { EvidenceCheck } from '../../aliases/evidence/EvidenceCheck';
import type { PolicyRule } from './PolicyRule';

/** Aliases can ask only for what the platform can tell. */
export function knowsEvidence(
  check: Pick<EvidenceCheck, 'validate'>,
): PolicyRule {
  return {
    async problemOf({ aliases }) {
      for (const [alias, wanted] of Object.entries(aliases?.evidence ?? {})) {
        try {
          check.validate(wanted);
        } catch (error) {
          return `aliases.evidence.${alias}: ${(error as Error).message}`;
        }
      }
      return undefined;
    },
  };
}
