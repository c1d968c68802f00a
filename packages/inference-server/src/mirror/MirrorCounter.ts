import type { MirrorReport } from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { LatencyHistogram } from '../telemetry/LatencyHistogram';
import type { OutputDifference } from './compareOutputs';

const count = z.int().min(0);
const histogram = z.record(z.string().regex(/^\d+$/), count);

/** What is known of copies, as it is kept on disk. */
export const keptMirrorSchema = z.strictObject({
  sent: count,
  errors: count,
  dropped: count,
  skipped: count,
  compared: count,
  agreed: count,
  outputs: z.record(
    z.string(),
    z.strictObject({
      elements: count,
      differing: count,
      maxDifference: z.number().optional(),
    }),
  ),
  latencies: z.strictObject({ shadow: histogram, live: histogram }),
});

export type KeptMirror = z.infer<typeof keptMirrorSchema>;

/** Counts what comes of copies, in memory that does not grow with them. */
export class MirrorCounter {
  sent = 0;
  errors = 0;
  dropped = 0;
  skipped = 0;
  #compared = 0;
  #agreed = 0;
  readonly #outputs = new Map<string, OutputDifference>();
  readonly #shadow: LatencyHistogram;
  readonly #live: LatencyHistogram;

  constructor(kept?: KeptMirror) {
    this.#shadow = new LatencyHistogram(kept?.latencies.shadow);
    this.#live = new LatencyHistogram(kept?.latencies.live);
    if (!kept) return;
    this.sent = kept.sent;
    this.errors = kept.errors;
    this.dropped = kept.dropped;
    this.skipped = kept.skipped;
    this.#compared = kept.compared;
    this.#agreed = kept.agreed;
    this.#outputs = new Map(Object.entries(kept.outputs));
  }

  addLatencies(latencyMs: { shadow: number; live: number }): void {
    this.#shadow.add(latencyMs.shadow);
    this.#live.add(latencyMs.live);
  }

  addComparison(differences: Record<string, OutputDifference>): void {
    this.#compared += 1;
    const all = Object.entries(differences);
    if (all.every(([, { differing }]) => !differing)) this.#agreed += 1;
    for (const [name, difference] of all) {
      const before = this.#outputs.get(name);
      const sizes = [before?.maxDifference, difference.maxDifference].filter(
        size => size !== undefined,
      );
      this.#outputs.set(name, {
        elements: (before?.elements ?? 0) + difference.elements,
        differing: (before?.differing ?? 0) + difference.differing,
        ...(sizes.length && { maxDifference: Math.max(...sizes) }),
      });
    }
  }

  toKept(): KeptMirror {
    return {
      sent: this.sent,
      errors: this.errors,
      dropped: this.dropped,
      skipped: this.skipped,
      compared: this.#compared,
      agreed: this.#agreed,
      outputs: Object.fromEntries(this.#outputs),
      latencies: {
        shadow: this.#shadow.toKept(),
        live: this.#live.toKept(),
      },
    };
  }
}

/** What is kept, as people and portals read it. */
export function toReport({ latencies, ...counts }: KeptMirror): MirrorReport {
  const shadow = new LatencyHistogram(latencies.shadow);
  const live = new LatencyHistogram(latencies.live);
  const quantiles = (histogramOf: LatencyHistogram) => ({
    p50: histogramOf.quantile(0.5)!,
    p99: histogramOf.quantile(0.99)!,
  });
  return {
    ...counts,
    ...(shadow.quantile(0.5) !== undefined && {
      latencyMs: { shadow: quantiles(shadow), live: quantiles(live) },
    }),
  };
}
