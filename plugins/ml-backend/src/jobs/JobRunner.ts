import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** How often work that another process left is looked for. */
const SWEEP_MS = 5_000;
/** A job that takes the whole process down with it is not begun for ever. */
const MAX_ATTEMPTS = 3;

/** Where jobs wait that a process takes on by a lease. */
export interface JobQueue<Job> {
  /** Ids of those that are queued or running, oldest first. */
  listActive(): Promise<string[]>;

  /** Takes a job on, or keeps it; undefined when another process has it or it has ended. */
  claim(
    id: string,
    owner: string,
    until: Date,
  ): Promise<(Job & { attempts: number }) | undefined>;

  /** Counts a beginning. */
  begin(id: string, owner: string): Promise<void>;

  /** Undoes that count after an orderly interruption; absent where beginnings are few. */
  interrupt?(id: string, owner: string): Promise<void>;

  unclaim(id: string, owner: string): Promise<void>;
}

export interface JobRunnerOptions<Job> {
  /** For the log: `An evaluation`. */
  what: string;
  store: JobQueue<Job>;
  executor: {
    /** Records its end; throws when the signal says so, and leaves it unended then. */
    carryOut(job: Job, signal: AbortSignal): Promise<void>;
    giveUp(job: Job, attempts: number): Promise<void>;
  };
  /** Whether this process can do it; everything when not given. */
  canDo?(id: string): boolean;
  logger: LoggerService;
}

/**
 * Carries jobs out, one after the other.
 *
 * @remarks
 * What is asked for is in the database. A process that dies in the middle
 * leaves a job that the next one takes up when the lease has run out. One that
 * was begun three times and never ended is given up.
 */
export class JobRunner<Job> {
  readonly #options: JobRunnerOptions<Job>;
  readonly #owner = randomUUID();
  readonly #stop = new AbortController();
  #current: { id: string; lost: AbortController } | undefined;
  #wake = () => {};
  #loop?: Promise<void>;

  constructor(options: JobRunnerOptions<Job>) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#sweep();
  }

  /** Looks for work at once. */
  wake(): void {
    this.#wake();
  }

  /** Lets go of a job that has ended meanwhile. */
  drop(id: string): void {
    if (this.#current?.id === id) this.#current.lost.abort();
  }

  /** Stops taking work; what is under way is taken up by the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
  }

  async #sweep(): Promise<void> {
    const { canDo, logger, store, what } = this.#options;
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      try {
        for (const id of await store.listActive()) {
          if (this.#stop.signal.aborted) break;
          if (canDo?.(id) ?? true) await this.#run(id);
        }
      } catch (error) {
        logger.error(
          `${what} is interrupted and will be taken up again`,
          error as Error,
        );
      }
      const timer = new AbortController();
      await Promise.race([
        woken,
        sleep(SWEEP_MS, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }

  async #run(id: string): Promise<void> {
    const { executor, store } = this.#options;
    const claim = () =>
      store.claim(id, this.#owner, new Date(Date.now() + LEASE_MS));
    const job = await claim();
    if (!job) return;
    const lost = new AbortController();
    this.#current = { id, lost };
    const renewal = setInterval(() => {
      claim().then(
        kept => kept ?? lost.abort(),
        () => lost.abort(),
      );
    }, RENEW_MS);
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    try {
      if (job.attempts >= MAX_ATTEMPTS) {
        await executor.giveUp(job, MAX_ATTEMPTS);
        return;
      }
      await store.begin(id, this.#owner);
      await executor.carryOut(job, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      await store.interrupt?.(id, this.#owner);
    } finally {
      clearInterval(renewal);
      this.#current = undefined;
      await store.unclaim(id, this.#owner);
    }
  }
}
