import type { AuthService } from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { Knex } from 'knex';
import type { EvidenceCheck } from '../aliases/evidence/EvidenceCheck';
import {
  ApprovalService,
  type ApprovalServiceOptions,
} from '../approvals/ApprovalService';
import { DatabaseApprovalStore } from '../approvals/DatabaseApprovalStore';
import {
  SegmentService,
  type SegmentServiceOptions,
} from '../audit/segments/SegmentService';
import type { MlConfig } from '../config';
import type { GrantStore } from '../grants/GrantStore';
import { GrantService } from '../grants/GrantService';
import type { RequestContext } from '../http/requestContext';
import { createPolicyService } from '../policy/createPolicyService';
import type { PolicySettings } from '../policy/PolicySettings';
import type { PolicyStore } from '../policy/PolicyStore';
import { AccessService } from './AccessService';
import { People } from './People';
import { AccessReviewService } from './review/AccessReviewService';
import { DatabaseAccessReviewStore } from './review/DatabaseAccessReviewStore';

/** Puts together who may do what: grants, policies, second persons, and the review of it all. */
export function createAccess(
  options: Omit<ApprovalServiceOptions, 'store'> &
    Pick<SegmentServiceOptions, 'log' | 'signer'> & {
      auth: AuthService;
      catalog: CatalogService;
      config: MlConfig;
      knex: Knex;
      evidence: EvidenceCheck;
      grantStore: GrantStore;
      policies: PolicySettings;
      policyStore: PolicyStore;
      getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
    },
) {
  const { config, grantStore, knex, policyStore } = options;
  const people = new People(options);
  const approvals = new ApprovalService({
    ...options,
    store: new DatabaseApprovalStore({ knex }),
  });
  return {
    approvals,
    grants: new GrantService({ ...options, store: grantStore }),
    access: new AccessService({ ...options, grants: grantStore }),
    segments: new SegmentService({
      ...{ ...options, approvals },
      retentionMonths: config.audit.retentionMonths,
    }),
    policy: createPolicyService({
      ...{ ...options, approvals, people },
      store: policyStore,
    }),
    accessReview: new AccessReviewService({
      ...{ ...options, people },
      groupsAtSignIn: config.groupsAtSignIn,
      store: new DatabaseAccessReviewStore({ knex }),
    }),
  };
}
