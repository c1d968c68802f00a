/** A bucket's upper bound is this much above its lower: what a quantile is off at most. */
const GROWTH = 1.05;
const LOWEST_MS = 0.05;
/** Up to more than the longest a request may take. */
const BUCKETS = 320;

/** Counts by bucket: as it is kept on disk, without the empty ones. */
export type KeptHistogram = Record<string, number>;

/** Latencies of any number of requests, in constant memory, with quantiles good to 5 %. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  constructor(kept: KeptHistogram = {}) {
    this.merge(kept);
  }

  add(ms: number): void {
    const bucket = Math.ceil(Math.log(ms / LOWEST_MS) / Math.log(GROWTH));
    this.#counts[Math.min(Math.max(bucket, 0), BUCKETS - 1)] += 1;
    this.#total += 1;
  }

  merge(kept: KeptHistogram): void {
    for (const [bucket, count] of Object.entries(kept)) {
      this.#counts[Math.min(Number(bucket), BUCKETS - 1)] += count;
      this.#total += count;
    }
  }

  /** The latency that this share of the requests did not exceed; undefined without any. */
  quantile(share: number): number | undefined {
    if (!this.#total) return undefined;
    let left = Math.ceil(this.#total * share);
    const bucket = this.#counts.findIndex(count => (left -= count) <= 0);
    const ms = LOWEST_MS * GROWTH ** bucket;
    return Number(ms.toPrecision(3));
  }

  toKept(): KeptHistogram {
    const kept: KeptHistogram = {};
    this.#counts.forEach((count, bucket) => {
      if (count) kept[bucket] = count;
    });
    return kept;
  }
}
