import type { Evaluation, MlClient } from '@ml-platform/plugin-ml-common';
import { untilDone } from './untilDone';

/** Follows an evaluation until it is over, or the time is up. */
export function waitForEvaluation(options: {
  client: MlClient;
  id: string;
  seconds: number;
  signal?: AbortSignal;
  onChange: (evaluation: Evaluation) => void;
}): Promise<Evaluation> {
  const { client, id, ...rest } = options;
  return untilDone({ ...rest, look: () => client.evaluations.get(id) });
}
