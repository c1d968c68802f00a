import type { Environment } from '@ml-platform/plugin-ml-common';
import { evaluationTexts } from '../evaluationTexts';
import { type ActionState, ENABLED } from '../lib/actions';
import { useMlQuery } from './useMlQuery';

/**
 * Whether an environment takes the version as it was evaluated, and if not, why
 * not; and whether its release waits there until the platform has evaluated
 * it. What cannot be told is left to the backend, which decides anyway.
 */
export function useEvaluationAction(options: {
  model: string;
  environment: Environment;
  version: string | undefined;
}): { action: ActionState; waits: boolean } {
  const { environment, model, version } = options;
  const query = useMlQuery({
    key: `gate:${model}@${version ?? ''}`,
    load: async api =>
      version === undefined ? undefined : api.evaluations.gate(model, version),
    concerns: signal => signal.model === model,
  });
  if (version === undefined || query.status === 'failed') {
    return { action: ENABLED, waits: false };
  }
  if (query.status === 'loading') {
    const action = {
      enabled: false as const,
      reason: evaluationTexts.checking,
    };
    return { action, waits: false };
  }
  const gate = query.data;
  const lacks = gate && gate.requiredFor.includes(environment) && !gate.passed;
  if (!lacks || gate.evaluable) {
    return { action: ENABLED, waits: Boolean(lacks) };
  }
  const reason = evaluationTexts.refused(version, gate.message);
  return { action: { enabled: false, reason }, waits: false };
}
