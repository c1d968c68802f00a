/** Waiting times that double from `first` up to `longest`. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  #next: number;

  constructor(options: { firstMs: number; longestMs: number }) {
    this.#first = options.firstMs;
    this.#longest = options.longestMs;
    this.#next = options.firstMs;
  }

  /** The waiting time before the next attempt. */
  next(): number {
    const delay = this.#next;
    this.#next = Math.min(delay * 2, this.#longest);
    return delay;
  }

  reset(): void {
    this.#next = this.#first;
  }
}
