import { setTimeout as sleep } from 'node:timers/promises';

export interface PaceOptions {
  /** Milliseconds that a request shall take. */
  targetLatency: number;
  maxConcurrency: number;
  maxRows: number;
  /** Rows a request to begin with. */
  rows: number;
  /** Rows a second at most. */
  rate?: number;
}

/**
 * How many rows go into a request and how many requests go out at a time, so
 * that a server keeps answering others.
 *
 * Requests stay short: one that holds a worker for long makes everybody wait.
 * So the rows double until a request takes about half of the target; then the
 * requests at a time grow by one a round, and stay where the target is met. A
 * request that takes twice the target, or is turned away, takes a share off at
 * once. Other callers' load shows in the latency, too: the run gives way to it,
 * and takes its place back slowly.
 */
export class Pace {
  readonly #options: PaceOptions;
  readonly #waiting: Array<() => void> = [];
  #rows: number;
  #maxRows: number;
  #allowed = 1;
  #running = 0;
  #pausedUntil = 0;
  #lastCut = 0;
  #nextSlot = 0;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#maxRows = options.maxRows;
    this.#rows = Math.min(options.rows, options.maxRows);
  }

  /** Rows that the next request should have. */
  get rows(): number {
    return this.#rows;
  }

  /** Requests that may be under way. */
  get concurrency(): number {
    return Math.max(1, Math.floor(this.#allowed));
  }

  /** Waits until another request may go out; `release` must follow. */
  async acquire(): Promise<void> {
    while (this.#running >= this.concurrency) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
    this.#running += 1;
  }

  release(): void {
    this.#running -= 1;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Waits while the server asked for a pause, and for the rate. */
  async beforeSend(rows: number): Promise<void> {
    const { rate } = this.#options;
    const now = performance.now();
    let at = Math.max(now, this.#pausedUntil);
    if (rate) {
      at = Math.max(at, this.#nextSlot);
      this.#nextSlot = at + (rows / rate) * 1000;
    }
    if (at > now) await sleep(at - now);
  }

  /** A request was answered. */
  answered(milliseconds: number, rows: number): void {
    const { targetLatency, maxConcurrency } = this.#options;
    if (milliseconds > 2 * targetLatency) {
      this.#cut(milliseconds, () => {
        if (this.#allowed > 1) this.#allowed = Math.max(1, this.#allowed * 0.7);
        else this.#rows = Math.max(1, Math.floor(this.#rows / 2));
      });
    } else if (milliseconds < targetLatency / 2 && this.#rows < this.#maxRows) {
      // A short rest of the file says nothing about full requests.
      if (rows >= this.#rows) {
        this.#rows = Math.min(this.#rows * 2, this.#maxRows);
      }
    } else if (milliseconds <= targetLatency) {
      this.#allowed = Math.min(
        this.#allowed + 1 / this.#allowed,
        maxConcurrency,
      );
    }
  }

  /** The server turned a request away; nothing goes out for a while. */
  refused(pause: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + pause);
    this.#cut(pause, () => {
      this.#allowed = Math.max(1, this.#allowed / 2);
    });
  }

  /** A request of so many rows is too much at once. */
  tooLarge(rows: number): void {
    this.#maxRows = Math.max(1, Math.min(this.#maxRows, Math.floor(rows / 2)));
    this.#rows = Math.min(this.#rows, this.#maxRows);
  }

  /** Requests that were out together tell of the same moment: they count once. */
  #cut(within: number, change: () => void): void {
    if (performance.now() - this.#lastCut < within) return;
    this.#lastCut = performance.now();
    change();
  }
}
