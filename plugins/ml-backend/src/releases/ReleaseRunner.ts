import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFinal, type Release } from '@ml-platform/plugin-ml-common';
import { ReleaseSteps, type ReleaseStepsOptions } from './ReleaseSteps';

const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** How often orphans of another process, or of an earlier life, are looked for. */
const SWEEP_MS = 5_000;

/**
 * Carries releases out.
 *
 * @remarks
 * The state of a release is in the database, and each step may be repeated:
 * loading a version twice is no change, and routes carry a generation that is
 * drawn together with the transition to `routing`. So a process that dies in
 * mid-release leaves one that the next process takes over when the lease runs
 * out, and finishes from the state it finds. Two processes never carry the
 * same release out: a lease decides, and every transition names the state that
 * it expects.
 */
export class ReleaseRunner {
  readonly #options: ReleaseStepsOptions;
  readonly #steps: ReleaseSteps;
  readonly #owner = randomUUID();
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #wake = () => {};
  #loop?: Promise<void>;

  constructor(options: ReleaseStepsOptions) {
    this.#options = options;
    this.#steps = new ReleaseSteps(options);
  }

  start(): void {
    this.#loop = this.#sweep();
  }

  /** Looks for work at once. */
  wake(): void {
    this.#wake();
  }

  /** Stops taking work; what is under way goes on in the next process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
    await Promise.all(this.#running.values());
  }

  async #sweep(): Promise<void> {
    const { logger, store } = this.#options;
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      try {
        for (const release of await store.listActive()) this.#take(release);
      } catch (error) {
        logger.error(
          'Could not look for releases to carry out',
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

  #take(release: Release): void {
    if (this.#running.has(release.id) || this.#stop.signal.aborted) return;
    const work = this.#run(release.id)
      .catch(error => {
        this.#options.logger.error(
          `Release ${release.number} of ${release.model} in ${release.environment} is interrupted and will be taken up again`,
          error as Error,
        );
      })
      .finally(() => this.#running.delete(release.id));
    this.#running.set(release.id, work);
  }

  async #run(id: string): Promise<void> {
    const { store } = this.#options;
    const claim = () =>
      store.claim(id, this.#owner, new Date(Date.now() + LEASE_MS));
    let release = await claim();
    const lost = new AbortController();
    const renewal = setInterval(() => {
      claim().then(
        kept => kept ?? lost.abort(),
        () => lost.abort(),
      );
    }, RENEW_MS);
    const signal = AbortSignal.any([this.#stop.signal, lost.signal]);
    try {
      while (release && !isFinal(release.state) && !signal.aborted) {
        await this.#steps.run(release, signal);
        release = await claim();
      }
    } finally {
      clearInterval(renewal);
      await store.unclaim(id, this.#owner);
    }
  }
}
