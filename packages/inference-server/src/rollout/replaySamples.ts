import { type ArmCounts, exampleRequest } from '@ml-platform/plugin-ml-common';
import { askWorker } from '../mirror/askWorker';
import type { VersionRunner } from '../serving/VersionRunner';

const AT_ONCE = 4;
const TIMEOUT_MS = 30_000;

/**
 * Asks a version sample requests over and over, as if they were traffic. A
 * sample that is not answered with 200 is bad: it is one that must be.
 */
export async function replaySamples(options: {
  runner: VersionRunner | undefined;
  requests: string[];
  count: number;
  /** Answers that take longer are slow, in milliseconds. */
  slowMs?: number;
  onAnswer: (latencyMs: number) => void;
  signal: AbortSignal;
}): Promise<ArmCounts> {
  const { count, onAnswer, requests, runner, signal, slowMs } = options;
  const counts: ArmCounts = { requests: 0, bad: 0, slow: 0 };
  if (!runner) return counts;
  const asked = requests.length
    ? requests
    : [JSON.stringify(exampleRequest(runner.spec.interface))];
  let next = 0;
  const call = async () => {
    while (next < count && !signal.aborted) {
      const body = asked[next % asked.length];
      next += 1;
      const began = performance.now();
      const status = await askWorker(runner, { body, timeoutMs: TIMEOUT_MS })
        .then(answer => answer.status)
        .catch(() => 0);
      const latencyMs = performance.now() - began;
      onAnswer(latencyMs);
      counts.requests += 1;
      if (status !== 200) counts.bad += 1;
      if (slowMs !== undefined && latencyMs > slowMs) counts.slow += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, call));
  return counts;
}
