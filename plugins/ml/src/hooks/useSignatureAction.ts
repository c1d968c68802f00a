import type { Environment } from '@ml-platform/plugin-ml-common';
import { type ActionState, ENABLED } from '../lib/actions';
import { proofTexts } from '../proofTexts';
import { useMlQuery } from './useMlQuery';

/**
 * Whether production takes the version as it is signed, and if not, why not. What
 * cannot be told is left to the backend, which decides anyway.
 */
export function useSignatureAction(options: {
  model: string;
  environment: Environment;
  version: string | undefined;
}): ActionState {
  const { environment, model, version } = options;
  const wanted = environment === 'production' ? version : undefined;
  const query = useMlQuery({
    key: `signed:${model}@${wanted ?? ''}`,
    load: async api =>
      wanted === undefined ? undefined : api.proofs.get(model, wanted),
    concerns: () => false,
  });
  if (wanted === undefined || query.status === 'failed') return ENABLED;
  if (query.status === 'loading') {
    return { enabled: false, reason: proofTexts.checking };
  }
  const proof = query.data;
  return proof?.requiredForProduction && proof.state !== 'signed'
    ? { enabled: false, reason: proofTexts.refused(wanted, proof.state) }
    : ENABLED;
}
