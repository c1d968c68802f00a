import type { ProofService } from '../../proof/ProofService';
import type { RegistryStore } from '../../registry/RegistryStore';
import type { ReleaseStore } from '../../releases/ReleaseStore';
import { cardMetric } from './cardMetric';
import type { EvidenceKind } from './EvidenceKind';
import { liveIn } from './liveIn';
import { servedInStaging } from './servedInStaging';
import { signed } from './signed';
import { tracedOrigin } from './tracedOrigin';

/** Every fact that the policy of an alias may ask for. */
export function evidenceKinds(options: {
  releases: Pick<ReleaseStore, 'hasSucceeded' | 'longestServed'>;
  models: Pick<RegistryStore, 'getModel'>;
  proofs: Pick<ProofService, 'prove'>;
}): EvidenceKind[] {
  const { releases } = options;
  return [
    liveIn('staging', releases),
    liveIn('production', releases),
    servedInStaging(releases),
    cardMetric,
    tracedOrigin,
    signed(options),
  ];
}
