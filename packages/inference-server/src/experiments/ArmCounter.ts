import type { ExperimentCounts } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { LatencyHistogram } from '../telemetry/LatencyHistogram';

const count = z.int().min(0);

export const keptArmSchema = z.strictObject({
  requests: count,
  errors: count,
  forced: count,
  latencies: z.record(z.string().regex(/^\d+$/), count),
});

export type KeptArm = z.infer<typeof keptArmSchema>;

/** Counts the requests of one arm. */
export class ArmCounter {
  #requests = 0;
  #errors = 0;
  #forced = 0;
  readonly #latencies = new LatencyHistogram();

  count({ status, latencyMs }: { status: number; latencyMs: number }): void {
    this.#requests += 1;
    if (status >= 500) this.#errors += 1;
    if (status < 400) this.#latencies.add(latencyMs);
  }

  countForced(): void {
    this.#forced += 1;
  }

  merge({ errors, forced, latencies, requests }: KeptArm): void {
    this.#requests += requests;
    this.#errors += errors;
    this.#forced += forced;
    this.#latencies.merge(latencies);
  }

  toKept(): KeptArm {
    return {
      requests: this.#requests,
      errors: this.#errors,
      forced: this.#forced,
      latencies: this.#latencies.toKept(),
    };
  }

  toCounts(): ExperimentCounts {
    const p50 = this.#latencies.quantile(0.5);
    return {
      requests: this.#requests,
      errors: this.#errors,
      forced: this.#forced,
      ...(p50 !== undefined && {
        latencyMs: {
          p50,
          p90: this.#latencies.quantile(0.9)!,
          p99: this.#latencies.quantile(0.99)!,
        },
      }),
    };
  }
}
