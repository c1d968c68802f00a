const SIZE = 4096;
/** With fewer, the 99th percentile is the slowest one or two: chance. */
const MIN_SAMPLES = 200;

/** The latest latencies of a version, in constant memory. */
export class LatencyWindow {
  readonly #values = new Float32Array(SIZE);
  #count = 0;

  add(ms: number): void {
    this.#values[this.#count % SIZE] = ms;
    this.#count += 1;
  }

  /** The 99th percentile, in milliseconds; undefined with too few samples. */
  p99(): number | undefined {
    const count = Math.min(this.#count, SIZE);
    if (count < MIN_SAMPLES) return undefined;
    const sorted = this.#values.slice(0, count).sort();
    return sorted[Math.ceil(count * 0.99) - 1];
  }
}
