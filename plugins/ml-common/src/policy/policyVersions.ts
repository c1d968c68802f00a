import type { Approval } from '../governance/approvals';
import type { PolicyDifference } from './diffPolicies';
import type { PolicyKey, PolicyValue, PolicyValues } from './policies';

/**
 * Who says what a policy is: the configuration, as long as nobody changed it;
 * or a change that a second person approved.
 * @public
 */
export type PolicySource = 'configuration' | 'approved';

/** What the platform obeys now. @public */
export interface PolicyState {
  /** Number of the newest version; to be named when a change is proposed. */
  version: number;
  values: PolicyValues;
  sources: Record<PolicyKey, PolicySource>;
  /** Those that only the configuration decides on. */
  configuredOnly: PolicyKey[];
  /** When the newest version began. */
  since: string;
}

/** One change of the policies, and who is answerable for it. @public */
export interface PolicyVersion {
  version: number;
  at: string;
  source: PolicySource;
  /** What it changed. */
  keys: PolicyKey[];
  changes: PolicyDifference[];
  reason?: string;
  requestedBy?: string;
  approvedBy?: string;
  /** Id of the approval. */
  approval?: string;
}

/** A version with everything that held in it. @public */
export interface PolicyVersionDetail extends PolicyVersion {
  values: PolicyValues;
}

/** What differs between two versions. @public */
export interface PolicyComparison {
  from: number;
  to: number;
  changes: PolicyDifference[];
}

/**
 * New values, whole, by key; `null` goes back to what the configuration says.
 * @public
 */
export type PolicyChanges = { [K in PolicyKey]?: PolicyValue<K> | null };

/** @public */
export interface PolicyProposalRequest {
  changes: PolicyChanges;
  reason: string;
}

/** What a proposal would change. @public */
export interface PolicyProposal {
  /** The version that it changes. */
  version: number;
  changes: PolicyDifference[];
  /** What waits for a second person; absent when it was only tried. */
  approval?: Approval;
}
