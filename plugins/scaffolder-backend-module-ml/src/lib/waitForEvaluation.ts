import { setTimeout as sleep } from 'node:timers/promises';
import type { Evaluation, MlClient } from '@ml-platform/plugin-ml-common';

const INTERVAL_MS = 1_000;

/** Follows an evaluation until it is over, or the time is up. */
export async function waitForEvaluation(options: {
  client: MlClient;
  id: string;
  seconds: number;
  signal?: AbortSignal;
  onChange: (evaluation: Evaluation) => void;
}): Promise<Evaluation> {
  const { client, id, onChange, seconds, signal } = options;
  const deadline = Date.now() + seconds * 1000;
  let last: Evaluation | undefined;
  for (;;) {
    const now = await client.evaluations.get(id);
    if (now.state !== last?.state) onChange(now);
    last = now;
    if (now.finishedAt || Date.now() > deadline) return now;
    await sleep(INTERVAL_MS, undefined, { signal });
  }
}
