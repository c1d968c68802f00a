import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EvaluationFinisher } from './EvaluationFinisher';
import type { EvaluationStore } from './EvaluationStore';

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** How often work that another process left is looked for. */
const SWEEP_MS = 5_000;
/** An evaluation that takes the whole process down with it is not begun for ever. */
const MAX_ATTEMPTS = 3;

export interface EvaluationRunnerOptions {
  store: EvaluationStore;
  finisher: Pick<EvaluationFinisher, 'carryOut' | 'giveUp'>;
  logger: LoggerService;
}

/**
 * Carries evaluations out, one after the other: they measure latency, and
 * would disturb each other.
 *
 * @remarks
 * What is asked for is in the database, and running a suite twice is the same
 * as running it once. So a process that dies in the middle leaves an evaluation
 * that the next one begins again when the lease has run out. One that was begun
 * three times and never ended is given up.
 */
export class EvaluationRunner {
  readonly #options: EvaluationRunnerOptions;
  readonly #owner = randomUUID();
  readonly #stop = new AbortController();
  #wake = () => {};
  #loop?: Promise<void>;

  constructor(options: EvaluationRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#sweep();
  }

  /** Looks for work at once. */
  wake(): void {
    this.#wake();
  }

  /** Stops taking work; what is under way is begun again by the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
  }

  async #sweep(): Promise<void> {
    const { logger, store } = this.#options;
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      try {
        for (const id of await store.listActive()) {
          if (this.#stop.signal.aborted) break;
          await this.#run(id);
        }
      } catch (error) {
        logger.error(
          'An evaluation is interrupted and will be begun again',
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
    const { finisher, store } = this.#options;
    const claim = () =>
      store.claim(id, this.#owner, new Date(Date.now() + LEASE_MS));
    const evaluation = await claim();
    if (!evaluation) return;
    const lost = new AbortController();
    const renewal = setInterval(() => {
      claim().then(
        kept => kept ?? lost.abort(),
        () => lost.abort(),
      );
    }, RENEW_MS);
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    try {
      if (evaluation.attempts >= MAX_ATTEMPTS) {
        await finisher.giveUp(evaluation, MAX_ATTEMPTS);
        return;
      }
      await store.begin(id, this.#owner);
      await finisher.carryOut(evaluation, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(renewal);
      await store.unclaim(id, this.#owner);
    }
  }
}
