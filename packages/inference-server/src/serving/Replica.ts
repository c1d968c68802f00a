import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './Backoff';
import { GivenUpError, type Trouble } from './GivenUpError';
import type { Limits } from './limits';
import {
  type Launcher,
  LoadRefusedError,
  type Worker,
  WorkerDiedError,
} from './workers/Worker';

/** A worker that has been up this long is taken for healthy again. */
const HEALTHY_AFTER_MS = 60_000;
/** A model that kills its worker this often before it ever served is given up. */
const MAX_DEATHS_WHILE_LOADING = 5;
/** How often memory is looked at. */
const WATCH_MS = 250;
/** An idle worker is asked this often whether it lives, and has this long to say so. */
const PROBE_EVERY_MS = 5_000;
const PROBE_MS = 5_000;
/** How long requests under way may take once a replica is no longer needed. */
export const DRAIN_MS = 30_000;

const MIB = 1024 * 1024;

export interface ReplicaOptions {
  launcher: Pick<Launcher, 'launch'>;
  limits: Limits;
  /** It became ready, or no longer is. */
  onChange(replica: Replica): void;
  /** Its worker ended unasked. */
  onDeath(trouble: Trouble): void;
}

/**
 * One process of a version, started again when it dies:
 *
 *     starting ──► ready ◄──► restarting
 *        └───────────┴────────────┴──────► ended
 *
 * It watches what the process does: one that takes too much memory or no
 * longer answers is killed, and is then one that died.
 */
export class Replica {
  state: 'starting' | 'ready' | 'restarting' | 'ended' = 'starting';
  /** Requests that it works on. */
  inFlight = 0;
  trouble: Trouble | undefined;
  /** Goes when its last request is done; gets no new ones. */
  draining = false;
  readonly #options: ReplicaOptions;
  readonly #stopping = new AbortController();
  #worker: Worker | undefined;
  #memoryBytes = 0;
  #idle: (() => void) | undefined;
  #probing = false;
  /** Why we killed the worker ourselves. */
  #verdict: Trouble | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** Resolves when it was stopped; rejects with a {@link GivenUpError} when it never will serve. */
  run(): Promise<void> {
    const running = this.#keepRunning().finally(() => {
      this.state = 'ended';
    });
    this.#running = running.catch(() => {});
    return running;
  }

  /** The worker to send requests to, while there is one. */
  get worker(): Worker | undefined {
    return this.state === 'ready' ? this.#worker : undefined;
  }

  get memoryBytes(): number {
    return this.#worker ? this.#memoryBytes : 0;
  }

  get hasRoom(): boolean {
    return (
      this.state === 'ready' &&
      !this.draining &&
      this.inFlight < this.#options.limits.concurrency
    );
  }

  begin(): void {
    this.inFlight += 1;
  }

  end(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.#idle?.();
  }

  /** A request got no answer in time: either that request is slow, or the worker hangs. */
  suspect(): void {
    if (this.#worker) this.#probe(this.#worker);
  }

  /** Lets its requests end, then its worker. */
  async drainAndStop(): Promise<void> {
    this.draining = true;
    if (this.inFlight > 0) {
      const waiting = new AbortController();
      const idle = new Promise<void>(resolve => {
        this.#idle = resolve;
      });
      await Promise.race([
        idle,
        sleep(DRAIN_MS, undefined, { signal: waiting.signal }).catch(() => {}),
      ]);
      waiting.abort();
    }
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff({ firstMs: 100, longestMs: 30_000 });
    let deathsWhileLoading = 0;
    let deaths = 0;
    while (!signal.aborted) {
      const life = await this.#live(signal);
      if (signal.aborted) return;
      if (life.upMs > HEALTHY_AFTER_MS) {
        backoff.reset();
        deaths = 0;
      }
      deaths += 1;
      deathsWhileLoading = life.upMs < 0 ? deathsWhileLoading + 1 : 0;
      const { problem, reason: ended } = life.trouble;
      this.#options.onDeath({ problem, reason: ended });
      if (deathsWhileLoading >= MAX_DEATHS_WHILE_LOADING) {
        throw new GivenUpError({
          problem,
          reason: `the worker ${ended} ${deathsWhileLoading} times in a row while loading the model`,
        });
      }
      const delay = backoff.next();
      const again = deaths > 1 ? ` (${deaths} times within minutes)` : '';
      this.#set('restarting', {
        problem,
        reason: `the worker ${ended}${again}; it starts again in ${
          delay / 1000
        } s`,
      });
      await sleep(delay, undefined, { signal }).catch(() => {});
    }
  }

  /** One life of a worker, from start to end. Throws when it is refused. */
  async #live(
    signal: AbortSignal,
  ): Promise<{ trouble: Trouble; upMs: number }> {
    this.#verdict = undefined;
    const worker = await this.#launch();
    const stop = () => {
      worker.stop();
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const watch = setInterval(() => this.#watch(worker), WATCH_MS);
    watch.unref();
    let readyAt: number | undefined;
    let words: string | undefined;
    try {
      await this.#untilReady(worker, signal);
      readyAt = performance.now();
      this.#worker = worker;
      this.#set('ready');
    } catch (error) {
      if (error instanceof LoadRefusedError) throw GivenUpError.of(error);
      if (!signal.aborted && !(error instanceof WorkerDiedError)) throw error;
      words = (error as Error).message;
    } finally {
      // Kept in one place, so that no way out leaves a process behind.
      if (readyAt === undefined) await worker.stop();
    }
    const ended = await worker.ended;
    clearInterval(watch);
    signal.removeEventListener('abort', stop);
    this.#worker = undefined;
    await worker.stop();
    return {
      trouble: this.#verdict ?? {
        problem: 'WORKER_DIED',
        reason: words ?? `${ended}${worker.lastWords()}`,
      },
      upMs: readyAt === undefined ? -1 : performance.now() - readyAt,
    };
  }

  async #launch(): Promise<Worker> {
    try {
      return await this.#options.launcher.launch();
    } catch (error) {
      if (error instanceof LoadRefusedError) throw GivenUpError.of(error);
      throw error;
    }
  }

  async #untilReady(worker: Worker, signal: AbortSignal): Promise<void> {
    const { startMs } = this.#options.limits;
    const over = new AbortController();
    const late = sleep(startMs, undefined, { signal: over.signal }).then(() => {
      throw new LoadRefusedError(
        `it was not ready within ${startMs / 1000} s: ${worker.startHint}`,
        'START_TIMEOUT',
      );
    });
    late.catch(() => {});
    try {
      await Promise.race([worker.ready(signal), late]);
      signal.throwIfAborted();
    } finally {
      over.abort();
    }
  }

  #lastProbe = performance.now();

  #watch(worker: Worker): void {
    const { memoryBytes: limit } = this.#options.limits;
    const used = worker.memoryBytes() ?? 0;
    this.#memoryBytes = used;
    if (used > limit) {
      this.#kill(worker, {
        problem: 'MEMORY_EXCEEDED',
        reason: `used ${toMiB(
          used,
        )} MiB of memory, more than its limit of ${toMiB(
          limit,
        )} MiB, and was ended`,
      });
      return;
    }
    // Whoever works on requests proves to live by answering them in time.
    if (this.inFlight > 0 || this.state !== 'ready') {
      this.#lastProbe = performance.now();
    } else if (performance.now() - this.#lastProbe > PROBE_EVERY_MS) {
      this.#probe(worker);
    }
  }

  async #probe(worker: Worker): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    try {
      const alive = await worker.isAlive(PROBE_MS);
      this.#lastProbe = performance.now();
      if (alive || this.#worker !== worker) return;
      this.#kill(worker, {
        problem: 'WORKER_HUNG',
        reason: `did not say within ${
          PROBE_MS / 1000
        } s that it is alive, and was ended`,
      });
    } finally {
      this.#probing = false;
    }
  }

  #kill(worker: Worker, verdict: Trouble): void {
    this.#verdict ??= verdict;
    worker.kill();
  }

  #set(state: Replica['state'], trouble?: Trouble): void {
    this.state = state;
    this.trouble = trouble;
    this.#options.onChange(this);
  }
}

function toMiB(bytes: number): number {
  return Math.round(bytes / MIB);
}
