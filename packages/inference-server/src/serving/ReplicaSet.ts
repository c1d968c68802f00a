import type { ServedVersionStatus } from '@ml-platform/plugin-ml-common';
import { GivenUpError, type Trouble } from './GivenUpError';
import type { Limits } from './limits';
import { Replica } from './Replica';
import { Scaler } from './Scaler';
import { NoRoomError, WaitingRoom } from './WaitingRoom';
import type { Launcher, Worker } from './workers/Worker';

/** How often the number of replicas is thought over. */
const TICK_MS = 250;
/** After a further replica could not be started, the load has to do without it this long. */
const RETRY_SCALING_MS = 60_000;

/** A place at a replica for one request. */
export interface Place {
  readonly worker: Worker;
  /** The request got no answer in time. */
  suspect(): void;
  /** Must follow, once. */
  release(): void;
}

export interface ReplicaSetOptions {
  launcher: Pick<Launcher, 'launch'>;
  limits: Limits;
  /** Its summary may be another one. */
  onChange(): void;
  onDeath(trouble: Trouble): void;
}

/** The replicas of one version: how many there are, and which one gets a request. */
export class ReplicaSet {
  readonly #options: ReplicaSetOptions;
  readonly #scaler: Scaler;
  readonly #room = new WaitingRoom<Replica>();
  readonly #replicas = new Set<Replica>();
  readonly #leaving = new Set<Promise<void>>();
  #wanted: number;
  #active = 0;
  #served = false;
  /** Why a further replica is not there. */
  #shortage: (Trouble & { until: number }) | undefined;
  #giveUp: (error: unknown) => void = () => {};

  constructor(options: ReplicaSetOptions) {
    this.#options = options;
    this.#scaler = new Scaler(options.limits, performance.now());
    this.#wanted = options.limits.replicas.min;
  }

  /** Runs until the signal says stop; rejects when the version never will serve. */
  async run(signal: AbortSignal): Promise<void> {
    const timer = setInterval(() => this.#scale(), TICK_MS);
    timer.unref();
    try {
      await new Promise<void>((resolve, reject) => {
        this.#giveUp = reject;
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (signal.aborted) resolve();
        else this.#grow();
      });
    } finally {
      clearInterval(timer);
      this.#wanted = 0;
      this.#room.close(
        new NoRoomError('the version is being taken away', 1000),
      );
      await Promise.all([...this.#replicas].map(replica => replica.stop()));
      await Promise.all(this.#leaving);
    }
  }

  status(): Pick<
    ServedVersionStatus,
    'replicas' | 'memoryBytes' | 'active' | 'waiting'
  > {
    const all = [...this.#replicas];
    return {
      replicas: {
        ready: all.filter(({ state }) => state === 'ready').length,
        wanted: this.#wanted,
        ...this.#options.limits.replicas,
        ...(this.#options.limits.idleMs !== undefined && { min: 0 }),
      },
      memoryBytes: all.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      active: this.#active,
      waiting: this.#room.size,
    };
  }

  /** The state of the version as a whole, and what is wrong with it or with some of it. */
  summary(): {
    state: 'starting' | 'ready' | 'restarting';
    trouble?: Trouble;
  } {
    const all = [...this.#replicas];
    const trouble = all.find(each => each.trouble)?.trouble ?? this.#shortage;
    const shown = trouble && {
      problem: trouble.problem,
      reason: trouble.reason,
    };
    if (all.some(({ state }) => state === 'ready')) {
      return { state: 'ready', trouble: shown };
    }
    if (shown) return { state: 'restarting', trouble: shown };
    // From nothing, the next request or this very one waits for the start.
    return { state: this.#fromZero ? 'ready' : 'starting' };
  }

  /** A place for one request; see {@link WaitingRoom} for who has to wait or go. */
  async admit(signal?: AbortSignal): Promise<Place> {
    const start = performance.now();
    this.#scaler.touch(start);
    if (this.#wanted === 0) {
      this.#wanted = 1;
      this.#grow();
    }
    const replica = this.#leastBusy() ?? (await this.#wait(signal));
    return this.#place(replica, start);
  }

  /** There is none, and that is as it should be: idle, or just waking up. */
  get #fromZero(): boolean {
    return this.#served && this.#options.limits.idleMs !== undefined;
  }

  #leastBusy(): Replica | undefined {
    // Whoever waits came first.
    if (this.#room.size > 0) return undefined;
    const replica = this.#pick();
    if (replica) this.#take(replica);
    return replica;
  }

  #pick(): Replica | undefined {
    let best: Replica | undefined;
    for (const replica of this.#replicas) {
      if (!replica.hasRoom) continue;
      if (!best || replica.inFlight < best.inFlight) best = replica;
    }
    return best;
  }

  #take(replica: Replica): void {
    replica.begin();
    this.#active += 1;
  }

  async #wait(signal?: AbortSignal): Promise<Replica> {
    const { concurrency, queueLength, queueWaitMs, startMs } =
      this.#options.limits;
    const ready = [...this.#replicas].filter(({ worker }) => worker).length;
    return this.#room.wait({
      places: ready * concurrency,
      bounds: ready
        ? {
            length: queueLength,
            expectedMs: queueWaitMs,
            longestMs: queueWaitMs,
          }
        : { length: queueLength, longestMs: startMs },
      signal,
    });
  }

  #place(replica: Replica, askedAt: number): Place {
    const { worker } = replica;
    const startedAt = performance.now();
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      replica.end();
      this.#active -= 1;
      const now = performance.now();
      this.#room.learn(now - startedAt);
      this.#scaler.took(now - askedAt, now);
      this.#seat();
    };
    if (!worker) {
      // It died between the promise and now.
      release();
      throw new NoRoomError('its replica ended just now', 1000);
    }
    return { worker, release, suspect: () => replica.suspect() };
  }

  /** Gives free places to those that wait. */
  #seat(): void {
    while (this.#room.size > 0) {
      const replica = this.#pick();
      if (!replica) return;
      this.#take(replica);
      this.#room.admit(replica);
    }
  }

  #scale(): void {
    const now = performance.now();
    if (this.#shortage && now > this.#shortage.until) {
      this.#shortage = undefined;
      this.#options.onChange();
    }
    if (!this.#served) return;
    const wanted = this.#scaler.decide(
      { active: this.#active, waiting: this.#room.size, wanted: this.#wanted },
      now,
    );
    if (wanted > this.#wanted && this.#shortage) return;
    this.#wanted = wanted;
    this.#grow();
    this.#shrink();
  }

  #grow(): void {
    while (this.#replicas.size < this.#wanted) this.#add();
  }

  #shrink(): void {
    const spare = this.#replicas.size - this.#wanted;
    if (spare <= 0) return;
    const goners = [...this.#replicas]
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, spare);
    for (const replica of goners) {
      this.#replicas.delete(replica);
      const leaving = replica
        .drainAndStop()
        .finally(() => this.#leaving.delete(leaving));
      this.#leaving.add(leaving);
    }
    this.#options.onChange();
  }

  #add(): void {
    const replica = new Replica({
      ...this.#options,
      onChange: () => {
        if (replica.state === 'ready') this.#served = true;
        this.#options.onChange();
        this.#seat();
      },
    });
    this.#replicas.add(replica);
    replica.run().catch(error => {
      this.#replicas.delete(replica);
      this.#lose(error);
    });
  }

  /** A replica will never serve: the end of the version, unless others do. */
  #lose(error: unknown): void {
    const others = [...this.#replicas].some(({ worker }) => worker);
    if (!others || !(error instanceof GivenUpError)) {
      this.#room.close(error as Error);
      this.#giveUp(error);
      return;
    }
    this.#wanted = Math.max(1, this.#replicas.size);
    this.#shortage = {
      problem: error.trouble.problem,
      reason: `another replica could not be started: ${error.trouble.reason}`,
      until: performance.now() + RETRY_SCALING_MS,
    };
    this.#options.onChange();
  }
}

/** Who goes first: what does not serve, then what has least to finish. */
function rank({ state, inFlight }: Replica): number {
  return state === 'ready' ? inFlight : -1;
}
