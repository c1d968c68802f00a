import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../log/Logger';
import { findPython } from './findPython';
import { installEnvironment } from './installEnvironment';
import type { EnvironmentPlan } from './plan';

/** Environments that nobody uses are kept for the next version, up to this many. */
const KEEP_UNUSED = 3;

interface Installing {
  promise: Promise<void>;
  abort: AbortController;
  listeners: Set<(progress: string) => void>;
  waiting: number;
}

/**
 * Python environments in the data folder, one for each distinct set of
 * requirements. One is there only when it is whole: it is made under another
 * name, so that a server killed in the middle finds nothing half done.
 */
export class Environments {
  readonly #folder: string;
  readonly #pythons: readonly string[];
  readonly #logger: Logger;
  readonly #claims = new Map<string, number>();
  readonly #installing = new Map<string, Installing>();
  /** One at a time: each keeps the whole machine busy. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: {
    folder: string;
    /** Interpreters to try before those on the path. */
    pythons: readonly string[];
    logger: Logger;
  }) {
    this.#folder = options.folder;
    this.#pythons = options.pythons;
    this.#logger = options.logger;
  }

  /** Makes the folder and clears what a killed server left half done. */
  open(): void {
    mkdirSync(this.#folder, { recursive: true });
    for (const name of readdirSync(this.#folder)) {
      if (!/^[0-9a-f]{32}$/.test(name)) {
        rmSync(join(this.#folder, name), { recursive: true, force: true });
      }
    }
  }

  claim(id: string): void {
    this.#claims.set(id, (this.#claims.get(id) ?? 0) + 1);
  }

  release(id: string): void {
    const left = (this.#claims.get(id) ?? 0) - 1;
    if (left > 0) this.#claims.set(id, left);
    else this.#claims.delete(id);
    this.#removeOld();
  }

  /** The interpreter of a claimed environment, which is installed when it is not there yet. */
  async ensure(
    plan: EnvironmentPlan,
    options: { signal: AbortSignal; tell(progress: string): void },
  ): Promise<string> {
    const path = join(this.#folder, plan.id);
    const python = join(path, 'bin/python');
    if (!(await exists(python))) await this.#installOnce(plan, path, options);
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return python;
  }

  async #installOnce(
    plan: EnvironmentPlan,
    path: string,
    { signal, tell }: { signal: AbortSignal; tell(progress: string): void },
  ): Promise<void> {
    const current =
      this.#installing.get(plan.id) ?? this.#startInstalling(plan, path);
    current.listeners.add(tell);
    current.waiting += 1;
    const leave = () => {
      if (!current.listeners.delete(tell)) return;
      current.waiting -= 1;
      // Nobody wants it any more.
      if (current.waiting === 0) current.abort.abort();
    };
    try {
      await Promise.race([
        current.promise,
        new Promise<never>((_, reject) => {
          const stop = () => reject(signal.reason);
          if (signal.aborted) stop();
          signal.addEventListener('abort', stop, { once: true });
        }),
      ]);
    } finally {
      leave();
    }
  }

  #startInstalling(plan: EnvironmentPlan, path: string): Installing {
    const abort = new AbortController();
    const listeners: Installing['listeners'] = new Set();
    const tell = (progress: string) => {
      for (const listener of listeners) listener(progress);
    };
    const install = async () => {
      abort.signal.throwIfAborted();
      const temporary = `${path}.${randomUUID()}`;
      const started = Date.now();
      try {
        tell(`installing Python packages: looking for Python ${plan.python}`);
        const python = await findPython(plan.python, this.#pythons);
        await installEnvironment({
          ...{ plan, python, tell },
          folder: temporary,
          signal: abort.signal,
        });
        renameSync(temporary, path);
        this.#logger.info('A Python environment is installed', {
          environment: plan.id,
          seconds: Math.round((Date.now() - started) / 1000),
        });
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    };
    const before = this.#last;
    const promise = before
      .catch(() => {})
      .then(install)
      .finally(() => this.#installing.delete(plan.id));
    promise.catch(() => {});
    this.#last = promise;
    const installing = { promise, abort, listeners, waiting: 0 };
    this.#installing.set(plan.id, installing);
    queueMicrotask(() =>
      tell('installing Python packages: waiting for another installation'),
    );
    return installing;
  }

  /** The longest unused go first. */
  async #removeOld(): Promise<void> {
    try {
      const unused = readdirSync(this.#folder).filter(
        name => /^[0-9a-f]{32}$/.test(name) && !this.#claims.has(name),
      );
      const aged = await Promise.all(
        unused.map(async name => ({
          name,
          at: (await stat(join(this.#folder, name))).mtimeMs,
        })),
      );
      const old = aged.sort((a, b) => b.at - a.at).slice(KEEP_UNUSED);
      for (const { name } of old) {
        if (this.#claims.has(name)) continue;
        const aside = join(this.#folder, `${name}.${randomUUID()}`);
        renameSync(join(this.#folder, name), aside);
        await rm(aside, { recursive: true, force: true });
      }
    } catch (error) {
      this.#logger.warn('Old Python environments could not be removed', {
        reason: (error as Error).message,
      });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
