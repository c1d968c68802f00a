import type { People } from '../access/People';
import type { EvidenceCheck } from '../aliases/evidence/EvidenceCheck';
import type { MlConfig } from '../config';
import type { RequestContext } from '../http/requestContext';
import { PolicyService, type PolicyServiceOptions } from './PolicyService';
import { keepsAnAdmin } from './rules/keepsAnAdmin';
import { knowsEvidence } from './rules/knowsEvidence';
import { trustsSomebody } from './rules/trustsSomebody';

/** The service with the rules of each policy. */
export function createPolicyService(
  options: Pick<
    PolicyServiceOptions,
    'store' | 'approvals' | 'authorizer' | 'audit'
  > & {
    people: People;
    config: MlConfig;
    evidence: EvidenceCheck;
    getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
  },
): PolicyService {
  const { config, evidence, getOwnershipRefs, people } = options;
  return new PolicyService({
    ...options,
    configured: config.policies,
    configuredOnly: config.configuredOnly,
    rules: [
      keepsAnAdmin({ people, getOwnershipRefs }),
      knowsEvidence(evidence),
      trustsSomebody(config.signatures),
    ],
  });
}
