import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log/Logger';
import { Backoff } from '../serving/Backoff';
import { ListeningSockets } from './ListeningSockets';
import { SupervisedProcess } from './SupervisedProcess';
import type { SupervisorFile } from './SupervisorFile';

const FREEZE_MS = 15_000;
/** Versions that load slowly get this long, while the old server goes on. */
const LOAD_MS = 5 * 60_000;
const LISTEN_MS = 15_000;
/** A server that has run this long is taken for healthy. */
const HEALTHY_AFTER_MS = 15_000;

/**
 * Keeps an inference server running, and replaces it by a newer one without
 * losing a request.
 *
 *     old:  serves ── freeze ──────────────────────── retire ── drains ── ends
 *     new:              starts ── loads ── listens ── serves …
 *
 * The listening sockets are the supervisor's, see {@link ListeningSockets}: there
 * is no moment without one. A successor that does not have ready what its
 * predecessor had is given up, and the predecessor goes on.
 */
export class Supervisor {
  readonly #options: { script: string; file: SupervisorFile; logger: Logger };
  readonly #sockets = new ListeningSockets();
  readonly #retired = new Set<SupervisedProcess>();
  #current: SupervisedProcess | undefined;
  #everServed = false;
  #upgrading = false;
  #stopping = false;

  constructor(options: {
    script: string;
    file: SupervisorFile;
    logger: Logger;
  }) {
    this.#options = options;
  }

  /** Resolves with an exit code when it was stopped, or the server cannot start at all. */
  async run(): Promise<number> {
    const { logger } = this.#options;
    const backoff = new Backoff({ firstMs: 50, longestMs: 10_000 });
    while (!this.#stopping) {
      const started = performance.now();
      const server = this.#start('first');
      this.#current = server;
      this.#note({ server: server.pid });
      this.#noteListening(server);
      await this.#lastEnd();
      if (this.#stopping) break;
      // What the first one complained about is on its way out already.
      if (!this.#everServed) return 1;
      if (performance.now() - started > HEALTHY_AFTER_MS) backoff.reset();
      const delay = backoff.next();
      logger.error('The inference server ended; it is started again', {
        reason: await this.#current.ended,
        delayMs: delay,
      });
      await sleep(delay);
    }
    await Promise.all([...this.#retired].map(({ ended }) => ended));
    return 0;
  }

  stop(signal: NodeJS.Signals): void {
    this.#stopping = true;
    this.#current?.kill(signal);
    for (const server of this.#retired) server.kill(signal);
  }

  /** Replaces the server by what its script is now. */
  async upgrade(): Promise<void> {
    const { logger } = this.#options;
    const old = this.#current;
    if (this.#upgrading || !old || old.over) return;
    this.#upgrading = true;
    const startedAt = new Date().toISOString();
    try {
      logger.info('Upgrading the inference server');
      const next = await this.#replace(old);
      const endedAt = new Date().toISOString();
      const upgrade = { startedAt, endedAt, outcome: 'done' as const };
      this.#note({ server: next.pid, upgrade });
      logger.info('Upgraded the inference server', { pid: next.pid });
    } catch (error) {
      const reason = (error as Error).message;
      this.#note({
        server: this.#current?.pid,
        upgrade: {
          startedAt,
          endedAt: new Date().toISOString(),
          outcome: 'failed',
          reason,
        },
      });
      logger.error('The upgrade failed; the old server goes on', { reason });
    } finally {
      this.#upgrading = false;
    }
  }

  async #replace(old: SupervisedProcess): Promise<SupervisedProcess> {
    const frozen = old.next('frozen', FREEZE_MS);
    old.send({ type: 'freeze' });
    let next: SupervisedProcess | undefined;
    try {
      const { ready: before } = await frozen;
      next = this.#start('successor');
      const { ready: after } = await next.next('loaded', LOAD_MS);
      const missing = before.filter(version => !after.includes(version));
      if (missing.length) {
        throw new Error(`the new server did not load ${missing.join(', ')}`);
      }
      const listening = next.next('listening', LISTEN_MS);
      next.send({ type: 'listen' });
      await listening;
    } catch (error) {
      next?.kill('SIGKILL');
      await next?.ended;
      old.send({ type: 'thaw' });
      throw error;
    }
    this.#current = next;
    this.#retired.add(old);
    old.ended.then(() => this.#retired.delete(old));
    old.send({ type: 'retire' });
    return next;
  }

  /** Word for others, which serving does not depend on. */
  #note(status: Parameters<SupervisorFile['write']>[0]): void {
    const { file, logger } = this.#options;
    try {
      file.write(status);
    } catch (error) {
      logger.error(
        'It cannot be noted which server serves, so that no upgrade can be asked for; free or mend the disk of the data folder',
        { reason: (error as Error).message },
      );
    }
  }

  #start(role: 'first' | 'successor'): SupervisedProcess {
    const { script } = this.#options;
    return new SupervisedProcess({ script, role, sockets: this.#sockets });
  }

  #noteListening(server: SupervisedProcess): void {
    server.next('listening', LOAD_MS).then(
      () => {
        this.#everServed = true;
      },
      // That it ended is seen by who waits for its end.
      () => {},
    );
  }

  /** Resolves when the server ended and no other has taken its place. */
  async #lastEnd(): Promise<void> {
    for (;;) {
      const server = this.#current!;
      await server.ended;
      while (this.#upgrading) await sleep(50);
      if (server === this.#current) return;
    }
  }
}
