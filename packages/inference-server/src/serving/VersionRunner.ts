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
import { GivenUpError, type Trouble } from './GivenUpError';
import type { Limits } from './limits';
import { DRAIN_MS } from './Replica';
import { type Place, ReplicaSet } from './ReplicaSet';
import { type Launcher, LoadRefusedError } from './workers/Worker';

export interface VersionRunnerOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
  launcher: Launcher;
  puller: ArtifactSource;
  logger: Logger;
}

/**
 * Keeps one version running: pulls it, prepares what its workers need, and
 * has replicas started, as many as its load asks for.
 *
 *     pulling ──► installing ──► starting ──► ready ◄──► restarting
 *        └────────────┴──────────────┴───────────────────────┴──► failed
 *
 * A version without replicas for want of requests is `ready`: it answers.
 */
export class VersionRunner {
  readonly spec: ServedVersion;
  readonly limits: Limits;
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
  readonly #replicas: ReplicaSet;
  #state: ServedState = 'pulling';
  #trouble: Trouble | undefined;
  #refused = 0;
  #running: Promise<void> = Promise.resolve();
  #inFlight = 0;
  #idle: (() => void) | undefined;
  #settle: () => void = () => {};
  /** Resolves when the first attempt has ended, well or not. */
  readonly settled = new Promise<void>(resolve => {
    this.#settle = resolve;
  });

  constructor(options: VersionRunnerOptions) {
    const { launcher, limits, spec } = options;
    this.spec = spec;
    this.limits = limits;
    this.#options = options;
    this.#pull = options.puller.prepare(spec);
    this.#replicas = new ReplicaSet({
      launcher,
      limits,
      onChange: () => this.#follow(),
      onDeath: ({ reason }) => {
        this.deaths += 1;
        this.lastDeath = `it ${reason}`;
      },
    });
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
    return this.#trouble?.reason;
  }

  status(): ServedVersionStatus {
    return {
      version: this.spec.version,
      digest: this.spec.digest,
      state: this.#state,
      ...this.#trouble,
      requests: this.requests,
      errors: this.errors,
      refused: this.#refused,
      ...this.#replicas.status(),
    };
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

  /**
   * A place at the replica with the fewest requests, as soon as one has room.
   * Undefined while the version cannot answer at all; rejects with a
   * `NoRoomError` when it is overrun.
   */
  async admit(signal?: AbortSignal): Promise<Place | undefined> {
    if (this.#state !== 'ready') return undefined;
    try {
      return await this.#replicas.admit(signal);
    } catch (error) {
      if (error instanceof GivenUpError) return undefined;
      if (!signal?.aborted) this.#refused += 1;
      throw error;
    }
  }

  /** Waits for the requests under way, then ends the workers. The caller has seen to it that no new ones come. */
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
    this.#options.launcher.release();
  }

  async #run(signal: AbortSignal): Promise<void> {
    try {
      const path = await this.#pullUntilThere(signal);
      await this.#options.launcher.prepare({
        path,
        signal,
        tell: (reason, problem) => this.#set('installing', { reason, problem }),
      });
      this.#set('starting');
      await this.#replicas.run(signal);
    } catch (error) {
      if (!signal.aborted) this.#set('failed', troubleOf(error));
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
        this.#set('pulling', {
          problem: 'PULL_FAILED',
          reason: `the artifact could not be pulled: ${
            (error as Error).message
          }; next attempt in ${delay / 1000} s`,
        });
        await sleep(delay, undefined, { signal });
      }
    }
  }

  /** Takes over what the replicas say. */
  #follow(): void {
    if (this.#state === 'failed' || this.#stopping.signal.aborted) return;
    const { state, trouble } = this.#replicas.summary();
    this.#set(state, trouble);
  }

  #set(state: ServedState, trouble?: Partial<Trouble>): void {
    const reason = trouble?.reason;
    const changed = state !== this.#state || reason !== this.#trouble?.reason;
    this.#state = state;
    this.#trouble = trouble as Trouble | undefined;
    if (state !== 'starting' && state !== 'installing') this.#settle();
    if (!changed) return;
    const { key, spec, logger } = this.#options;
    const fields = { ...key, version: spec.version, state, ...trouble };
    if (state === 'installing') logger.info('A version is prepared', fields);
    else if (reason) logger.warn('A version is not ready', fields);
    else logger.info(`A version is ${state}`, fields);
  }
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof GivenUpError) return error.trouble;
  const { message } = error as Error;
  if (error instanceof LoadRefusedError) {
    return { reason: message, problem: error.problem };
  }
  const problem =
    error instanceof PullRefusedError ? 'PULL_FAILED' : 'LOAD_REFUSED';
  return { reason: message, problem };
}
