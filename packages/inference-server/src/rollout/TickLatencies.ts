import type { Arm } from '@ml-platform/plugin-ml-common';

const SIZE = 2_048;

/** Median and 99th percentile, in milliseconds. */
export interface Latency {
  p50: number;
  p99: number;
}

/** A random sample of fixed size: each answer of the tick is as likely in it. */
class Sample {
  readonly #values = new Float32Array(SIZE);
  #count = 0;

  add(ms: number): void {
    const slot =
      this.#count < SIZE
        ? this.#count
        : Math.floor(Math.random() * (this.#count + 1));
    if (slot < SIZE) this.#values[slot] = ms;
    this.#count += 1;
  }

  take(): Latency | undefined {
    const size = Math.min(this.#count, SIZE);
    this.#count = 0;
    if (!size) return undefined;
    const sorted = this.#values.slice(0, size).sort();
    const at = (share: number) =>
      Number(sorted[Math.ceil(size * share) - 1].toPrecision(4));
    return { p50: at(0.5), p99: at(0.99) };
  }
}

/** How long the answers of a tick took, by arm, in constant memory. */
export class TickLatencies {
  readonly #arms = { stable: new Sample(), canary: new Sample() };

  add(arm: Arm, ms: number): void {
    this.#arms[arm].add(ms);
  }

  /** Ends the tick and begins the next one. */
  take(): Record<Arm, Latency | undefined> {
    const { canary, stable } = this.#arms;
    return { canary: canary.take(), stable: stable.take() };
  }
}
