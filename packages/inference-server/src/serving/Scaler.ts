import type { Limits } from './limits';

/** A replica is meant to be this full, so that short peaks find room. */
const TARGET = 0.8;
/** The load of the last seconds counts. */
const WINDOW_MS = 4_000;
/** Latencies are kept up to this many. */
const MAX_LATENCIES = 500;

/** What a version does at one moment. */
export interface Load {
  /** Requests that replicas work on, and that wait for one. */
  active: number;
  waiting: number;
  /** Replicas there should be by the last decision. */
  wanted: number;
}

/**
 * Decides how many replicas a version should have. Up as soon as seconds of
 * load ask for it, down one at a time and only after a longer while in which
 * fewer would have done. Pure: time is passed in.
 */
export class Scaler {
  readonly #limits: Limits;
  #samples: { at: number; load: number }[] = [];
  #latencies: { at: number; ms: number }[] = [];
  /** When all replicas were last needed. */
  #fullAt: number;
  #lastRequest: number;

  constructor(limits: Limits, now: number) {
    this.#limits = limits;
    this.#lastRequest = now;
    this.#fullAt = now;
  }

  /** A request came in. */
  touch(now: number): void {
    this.#lastRequest = now;
  }

  /** A request took so long, waiting included. */
  took(ms: number, now: number): void {
    if (this.#limits.latencyMs === undefined) return;
    this.#latencies.push({ at: now, ms });
    if (this.#latencies.length > MAX_LATENCIES) this.#latencies.shift();
  }

  /** How many replicas there should be from now on. */
  decide({ active, waiting, wanted }: Load, now: number): number {
    const { idleMs, replicas, scaleDownAfterMs } = this.#limits;
    const isIdle = active + waiting === 0;
    if (!isIdle) this.#lastRequest = now;
    if (idleMs !== undefined && isIdle && now - this.#lastRequest >= idleMs) {
      this.#forget();
      return 0;
    }
    // Whoever went to zero comes back with the next request, not by itself.
    if (wanted === 0) return 0;
    this.#samples.push({ at: now, load: active + waiting });
    this.#samples = this.#samples.filter(({ at }) => now - at <= WINDOW_MS);
    const need = Math.max(this.#needByLoad(), this.#needByLatency(wanted, now));
    const { max, min } = replicas;
    if (need >= wanted) this.#fullAt = now;
    if (need > wanted) return Math.min(max, need);
    if (now - this.#fullAt < scaleDownAfterMs) return Math.max(min, wanted);
    this.#fullAt = now;
    return Math.max(min, wanted - 1);
  }

  #needByLoad(): number {
    const sum = this.#samples.reduce((total, { load }) => total + load, 0);
    const mean = sum / this.#samples.length;
    return Math.ceil(mean / (this.#limits.concurrency * TARGET));
  }

  #needByLatency(wanted: number, now: number): number {
    const { latencyMs } = this.#limits;
    if (latencyMs === undefined) return 0;
    this.#latencies = this.#latencies.filter(({ at }) => now - at <= WINDOW_MS);
    const sorted = this.#latencies.map(({ ms }) => ms).sort((a, b) => a - b);
    // Fewer say too little of the slowest of a hundred.
    if (sorted.length < 20) return 0;
    const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1];
    if (p99 <= latencyMs) return 0;
    // What was measured before the decision does not ask for yet another one.
    this.#latencies = [];
    return wanted + 1;
  }

  #forget(): void {
    this.#samples = [];
    this.#latencies = [];
  }
}
