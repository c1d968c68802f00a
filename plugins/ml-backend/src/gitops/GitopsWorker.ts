import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import type { CommitWriter } from './CommitWriter';
import type { DesiredState } from './DesiredState';
import type { FileFollower } from './FileFollower';
import type { GitBranch } from './git/GitBranch';
import type { GitopsStore } from './GitopsStore';

const LEASE_MS = 30_000;
const RENEW_MS = 10_000;

export interface GitopsWorkerOptions {
  branch: GitBranch;
  store: GitopsStore;
  writer: CommitWriter;
  desired: DesiredState;
  follower: FileFollower;
  logger: LoggerService;
  /** Milliseconds between two looks. */
  interval: number;
}

/**
 * Keeps repository and deployments together: first what ended is committed,
 * then what others merged is released. One process at a time does, by a lease
 * in the database; a second one could do no harm, only work in vain.
 */
export class GitopsWorker {
  readonly #options: GitopsWorkerOptions;
  readonly #owner = randomUUID();
  readonly #stop = new AbortController();
  #wake = () => {};
  #isWoken = false;
  #loop?: Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #next?: Promise<void>;
  #complaint?: string;

  constructor(options: GitopsWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Looks at once. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#loop;
    await this.#last;
  }

  /** Looks now, after the look that is under way; for all who ask meanwhile, once. */
  look(): Promise<void> {
    this.#next ??= this.#last.then(() => {
      this.#next = undefined;
      return this.#look();
    });
    this.#last = this.#next.catch(() => {});
    return this.#next;
  }

  async #run(): Promise<void> {
    const { interval, logger } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#isWoken = false;
      await this.look().catch(error =>
        logger.error('Could not work on the desired state', error as Error),
      );
      // Stopped in the middle of a look, nobody would end the sleep.
      if (this.#isWoken || this.#stop.signal.aborted) continue;
      const woken = new Promise<void>(resolve => {
        this.#wake = resolve;
      });
      const timer = new AbortController();
      await Promise.race([
        woken,
        sleep(interval, undefined, { signal: timer.signal }).catch(() => {}),
      ]);
      timer.abort();
    }
  }

  async #look(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { store } = this.#options;
    const claim = () =>
      store.claim(this.#owner, new Date(Date.now() + LEASE_MS));
    if (!(await claim())) return;
    const renewal = setInterval(() => claim().catch(() => {}), RENEW_MS);
    try {
      await this.#work();
    } finally {
      clearInterval(renewal);
      await store.unclaim(this.#owner);
    }
  }

  async #work(): Promise<void> {
    const { branch, desired, follower, logger, store, writer } = this.#options;
    const checkedAt = new Date().toISOString();
    try {
      await branch.open();
      const fetched = await branch.fetch();
      const committed = await writer.commitPending(fetched);
      const files = await desired.read(committed);
      const head = await writer.declareMissing(committed, files);
      const known = head === committed ? files : await desired.read(head);
      await store.saveHead({ head, checkedAt });
      await follower.follow(known);
      this.#complaint = undefined;
    } catch (error) {
      const { message } = error as Error;
      await store.saveHead({ error: message });
      if (this.#complaint === message) return;
      this.#complaint = message;
      logger.warn(
        'The repository of desired state is behind and will catch up',
        error as Error,
      );
    }
  }
}
