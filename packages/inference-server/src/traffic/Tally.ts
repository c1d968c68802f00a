import type { TrafficFigures } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { LatencyHistogram } from '../telemetry/LatencyHistogram';

/** What was counted of one version in one interval, as it is kept on disk. */
export const keptTallySchema = z.strictObject({
  requests: z.int().min(0),
  errors: z.int().min(0),
  rejected: z.int().min(0),
  latency: z.record(z.string(), z.number().min(0)),
});

export type KeptTally = z.infer<typeof keptTallySchema>;

/** Counts requests by what became of them. */
export class Tally {
  #requests = 0;
  #errors = 0;
  #rejected = 0;
  readonly #latency = new LatencyHistogram();

  add(status: number, latencyMs: number): void {
    this.#requests += 1;
    if (status >= 500) this.#errors += 1;
    else if (status >= 400) this.#rejected += 1;
    this.#latency.add(latencyMs);
  }

  merge(kept: KeptTally): this {
    this.#requests += kept.requests;
    this.#errors += kept.errors;
    this.#rejected += kept.rejected;
    this.#latency.merge(kept.latency);
    return this;
  }

  toKept(): KeptTally {
    return {
      requests: this.#requests,
      errors: this.#errors,
      rejected: this.#rejected,
      latency: this.#latency.toKept(),
    };
  }

  figures(): TrafficFigures {
    return {
      requests: this.#requests,
      errors: this.#errors,
      rejected: this.#rejected,
      p50Ms: this.#latency.quantile(0.5),
      p95Ms: this.#latency.quantile(0.95),
      p99Ms: this.#latency.quantile(0.99),
    };
  }
}
