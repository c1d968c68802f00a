import type {
  ServedModelKey,
  ServedState,
  ServedVersion,
  ServedVersionStatus,
} from '@ml-platform/plugin-ml-common';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  ArtifactClaim,
  ArtifactSource,
} from '../artifacts/ArtifactPuller';
import { PullRefusedError } from '../artifacts/errors';
import type { Logger } from '../log/Logger';
import { LatencyWindow } from '../rollout/LatencyWindow';
import { Backoff } from './Backoff';
import { LoadRefusedError, WorkerProcess } from './WorkerProcess';

/** A worker that has been up this long is taken for healthy again. */
const HEALTHY_AFTER_MS = 60_000;
/** A model that kills its worker this often before it ever served is given up. */
const MAX_DEATHS_WHILE_LOADING = 5;
/** How long an unloaded version may take to finish what it works on. */
export const DRAIN_MS = 30_000;

export interface VersionRunnerOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  puller: ArtifactSource;
  workerPath: string;
  /** A fresh path for a worker's socket. */
  nextSocketPath(): string;
  logger: Logger;
}

/**
 * Keeps one version running: pulls it, starts its worker, starts it again when
 * it dies.
 *
 *     pulling ──► starting ──► ready ◄──► restarting
 *        └────────────┴──────────────────────┴──────► failed
 */
export class VersionRunner {
  readonly spec: ServedVersion;
  requests = 0;
  errors = 0;
  /** How often a worker has ended unasked, and how the last one did. */
  deaths = 0;
  lastDeath: string | undefined;
  /** Of the requests that were answered. */
  readonly latencies = new LatencyWindow();
  readonly #options: VersionRunnerOptions;
  readonly #pull: ArtifactClaim;
  readonly #stopping = new AbortController();
  #state: ServedState = 'pulling';
  #reason: string | undefined;
  #worker: WorkerProcess | undefined;
  #running: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #idle: (() => void) | undefined;
  #settle: () => void = () => {};
  /** Resolves when the first attempt has ended, well or not. */
  readonly settled = new Promise<void>(resolve => {
    this.#settle = resolve;
  });

  constructor(options: VersionRunnerOptions) {
    this.spec = options.spec;
    this.#options = options;
    this.#pull = options.puller.prepare(options.spec);
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  /** Resolves when it has given up or was stopped. */
  get ended(): Promise<void> {
    return this.#running;
  }

  get state(): ServedState {
    return this.#state;
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  status(): ServedVersionStatus {
    return {
      version: this.spec.version,
      digest: this.spec.digest,
      state: this.#state,
      reason: this.#reason,
      requests: this.requests,
      errors: this.errors,
    };
  }

  /** The worker to send a request to; undefined while there is none that is ready. */
  get worker(): WorkerProcess | undefined {
    return this.#state === 'ready' ? this.#worker : undefined;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** A request is on its way to this version; `end` must follow. */
  begin(): void {
    this.#inFlight += 1;
  }

  end(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#idle?.();
  }

  /** Waits for the requests under way, then ends the worker. The caller has seen to it that no new ones come. */
  async drainAndStop(): Promise<void> {
    if (this.#inFlight > 0) {
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
    this.#stopping.abort();
    await this.#running;
    this.#pull.release();
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      const modelPath = await this.#pullUntilThere(signal);
      await this.#keepRunning(modelPath, signal);
    } catch (error) {
      if (!signal.aborted) this.#set('failed', (error as Error).message);
    } finally {
      this.#settle();
    }
  }

  async #pullUntilThere(signal: AbortSignal): Promise<string> {
    const backoff = new Backoff({ firstMs: 250, longestMs: 30_000 });
    for (;;) {
      try {
        return await this.#pull.run(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof PullRefusedError) throw error;
        const delay = backoff.next();
        this.#set(
          'pulling',
          `the artifact could not be pulled: ${
            (error as Error).message
          }; next attempt in ${delay / 1000} s`,
        );
        await sleep(delay, undefined, { signal });
      }
    }
  }

  async #keepRunning(modelPath: string, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ firstMs: 100, longestMs: 30_000 });
    let deathsWhileLoading = 0;
    this.#set('starting');
    for (;;) {
      const life = await this.#runWorker(modelPath, signal);
      signal.throwIfAborted();
      this.deaths += 1;
      this.lastDeath = `it ${life.ended}`;
      deathsWhileLoading = life.served ? 0 : deathsWhileLoading + 1;
      if (life.upMs > HEALTHY_AFTER_MS) backoff.reset();
      if (deathsWhileLoading >= MAX_DEATHS_WHILE_LOADING) {
        throw new Error(
          `the worker ${life.ended} ${deathsWhileLoading} times in a row while loading the model`,
        );
      }
      const delay = backoff.next();
      this.#set(
        'restarting',
        `the worker ${life.ended}; it starts again in ${delay / 1000} s`,
      );
      await sleep(delay, undefined, { signal });
    }
  }

  /** One life of a worker, from start to end. Throws when the model is refused. */
  async #runWorker(
    modelPath: string,
    signal: AbortSignal,
  ): Promise<{ ended: string; served: boolean; upMs: number }> {
    const worker = new WorkerProcess({
      ...this.#options,
      modelPath,
      socketPath: this.#options.nextSocketPath(),
    });
    let readyAt: number | undefined;
    const stop = () => {
      worker.stop();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      await worker.ready();
      signal.throwIfAborted();
      readyAt = Date.now();
      this.#worker = worker;
      this.#set('ready');
    } catch (error) {
      if (error instanceof LoadRefusedError) throw error;
    } finally {
      // Kept in one place, so that no way out leaves a process behind.
      if (readyAt === undefined) await worker.stop();
    }
    const ended = await worker.ended;
    signal.removeEventListener('abort', stop);
    this.#worker = undefined;
    await worker.stop();
    const upMs = readyAt === undefined ? 0 : Date.now() - readyAt;
    return { ended, served: readyAt !== undefined, upMs };
  }

  #set(state: ServedState, reason?: string): void {
    const changed = state !== this.#state || reason !== this.#reason;
    this.#state = state;
    this.#reason = reason;
    if (state !== 'starting') this.#settle();
    if (!changed) return;
    const { key, spec, logger } = this.#options;
    const fields = { ...key, version: spec.version, state, reason };
    if (reason) logger.warn('A version is not ready', fields);
    else logger.info(`A version is ${state}`, fields);
  }
}
