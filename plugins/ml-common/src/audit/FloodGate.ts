/** @public */
export interface FloodGateOptions {
  /** Told, when a window ends, how many of a sort were not let through in it. */
  onMore: (sort: string, more: number) => Promise<void> | void;
  /** So many of one sort pass in a window; 5 by default. */
  each?: number;
  /** Milliseconds; a minute by default. */
  windowMs?: number;
}

/**
 * For what anybody may do as often as they like, and what shall be recorded
 * nevertheless: of one sort, the first few of a minute pass, and of the others
 * the number is told when the minute is over.
 * @public
 */
export class FloodGate {
  readonly #options: FloodGateOptions;
  readonly #windows = new Map<
    string,
    { count: number; timer: ReturnType<typeof setTimeout> }
  >();

  constructor(options: FloodGateOptions) {
    this.#options = options;
  }

  /** Whether this one passes. There must be few sorts: each is remembered for a window. */
  passes(sort: string): boolean {
    const { each = 5, windowMs = 60_000 } = this.#options;
    let window = this.#windows.get(sort);
    if (!window) {
      const timer = setTimeout(() => {
        // Who could be told of a failure is who records, and that has failed.
        this.#end(sort).catch(() => {});
      }, windowMs);
      // Of Node: what waits does not keep the process alive.
      (timer as { unref?: () => void }).unref?.();
      window = { count: 0, timer };
      this.#windows.set(sort, window);
    }
    window.count += 1;
    return window.count <= each;
  }

  /** Ends all windows now. */
  async flush(): Promise<void> {
    await Promise.all([...this.#windows.keys()].map(sort => this.#end(sort)));
  }

  async #end(sort: string): Promise<void> {
    const { each = 5, onMore } = this.#options;
    const window = this.#windows.get(sort);
    if (!window) return;
    clearTimeout(window.timer);
    this.#windows.delete(sort);
    if (window.count > each) await onMore(sort, window.count - each);
  }
}
