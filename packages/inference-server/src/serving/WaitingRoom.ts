/** There is no room for a request now. */
export class NoRoomError extends Error {
  constructor(
    message: string,
    /** When asking again makes sense. */
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/** A request that waits. */
class Guest<Place> {
  readonly place: Promise<Place>;
  #resolve!: (place: Place) => void;
  #reject!: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    this.place = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Leaves after a while, with what is then to be said. */
  limit(ms: number, complaint: () => Error): void {
    this.#timer = setTimeout(() => this.leave(complaint()), ms);
  }

  enter(place: Place): void {
    clearTimeout(this.#timer);
    this.#resolve(place);
  }

  leave(error: Error): void {
    clearTimeout(this.#timer);
    this.#reject(error);
  }
}

/**
 * Requests that wait for a replica, first come, first served. Whoever would
 * wait too long is told at once, by what requests took lately.
 */
export class WaitingRoom<Place> {
  readonly #guests = new Set<Guest<Place>>();
  #meanMs = 0;

  get size(): number {
    return this.#guests.size;
  }

  /** A request was worked on for so long. */
  learn(serviceMs: number): void {
    this.#meanMs += (serviceMs - this.#meanMs) * (this.#meanMs ? 0.1 : 1);
  }

  /** How long one more would wait, with so many places that become free. */
  expectedWaitMs(places: number): number {
    return ((this.#guests.size + 1) * this.#meanMs) / Math.max(1, places);
  }

  /**
   * Resolves with the place that {@link WaitingRoom.admit} gave. Rejects with
   * a {@link NoRoomError}, or when the signal says so.
   */
  async wait(options: {
    places: number;
    /** What may be expected of the wait; none while nobody works yet. */
    bounds: { length: number; expectedMs?: number; longestMs: number };
    signal?: AbortSignal;
  }): Promise<Place> {
    const { bounds, places, signal } = options;
    const expectedMs = this.expectedWaitMs(places);
    if (this.#guests.size >= bounds.length) {
      throw new NoRoomError(
        `${bounds.length} requests wait already`,
        expectedMs,
      );
    }
    if (bounds.expectedMs !== undefined && expectedMs > bounds.expectedMs) {
      throw new NoRoomError(
        `${
          this.#guests.size
        } requests wait, and another would wait for about ${(
          expectedMs / 1000
        ).toFixed(1)} s`,
        expectedMs,
      );
    }
    const guest = new Guest<Place>();
    const abort = () => guest.leave(new Error('nobody waits for it any more'));
    this.#guests.add(guest);
    guest.limit(
      bounds.longestMs,
      () =>
        new NoRoomError(
          `no replica was free within ${bounds.longestMs / 1000} s`,
          this.expectedWaitMs(places),
        ),
    );
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    try {
      return await guest.place;
    } finally {
      this.#guests.delete(guest);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Gives a place, which is taken from now on, to the first one that waits. */
  admit(place: Place): void {
    const [first] = this.#guests;
    if (!first) return;
    // At once: whoever asks next must not find it here any more.
    this.#guests.delete(first);
    first.enter(place);
  }

  /** Nobody will be admitted any more. */
  close(error: Error): void {
    for (const guest of [...this.#guests]) guest.leave(error);
  }
}
