import type { Environment } from '@ml-platform/plugin-ml-common';
import { evaluationTexts } from '../evaluationTexts';
import { type ActionState, ENABLED } from '../lib/actions';
import { useMlQuery } from './useMlQuery';

/**
 * Whether an environment takes the version as it was evaluated, and if not, why
 * not. What cannot be told is left to the backend, which decides anyway.
 */
export function useEvaluationAction(options: {
  model: string;
  environment: Environment;
  version: string | undefined;
}): ActionState {
  const { environment, model, version } = options;
  const query = useMlQuery({
    key: `gate:${model}@${version ?? ''}`,
    load: async api =>
      version === undefined ? undefined : api.evaluations.gate(model, version),
    concerns: signal => signal.model === model,
  });
  if (version === undefined || query.status === 'failed') return ENABLED;
  if (query.status === 'loading') {
    return { enabled: false, reason: evaluationTexts.checking };
  }
  const gate = query.data;
  return gate && gate.requiredFor.includes(environment) && !gate.passed
    ? { enabled: false, reason: evaluationTexts.refused(version, gate.message) }
    : ENABLED;
}
