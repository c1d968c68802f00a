import {
  hasPersonalData,
  type ServedModelKey,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Logger } from '../../log/Logger';
import type { Limits } from '../limits';
import { LastWords } from './LastWords';
import { residentBytes } from './residentBytes';
import { preferToServer } from './OnnxWorker';
import { killGroup, spawnGuarded } from './spawnGuarded';
import { type Worker, WorkerDiedError } from './Worker';

const POLL_MS = 100;
/** Of one question while it starts. */
const ASK_MS = 5_000;
/** How long it may take to end after SIGTERM. */
const KILL_AFTER_MS = 5_000;

export interface ServerWorkerOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
  logger: Logger;
  command: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** TCP port of the loopback interface that it was told to listen on. */
  port: number;
  livePath: string;
  readyPath: string;
  inferPath: string;
  /** Throws a {@link LoadRefusedError} when a ready server is not what was promised. */
  check?(pool: Pool): Promise<void>;
  prepare(body: Buffer, headers: Record<string, string>): Buffer;
  /** Nice value: the higher, the more others come first. */
  priority?: number;
  /** Says what to look at when nothing answers in time. */
  silenceHint: string;
  /** Called when it has ended. */
  cleanUp(): Promise<void>;
}

/** A foreign program that speaks the Open Inference Protocol over HTTP. */
export class ServerWorker implements Worker {
  readonly ended: Promise<string>;
  readonly pool: Pool;
  readonly inferPath: string;
  readonly isPlain = true;
  readonly #options: ServerWorkerOptions;
  readonly #child: ChildProcess;
  readonly #words = new LastWords();
  readonly #mayShow: () => boolean;
  #lastAnswer: string | undefined;
  #isReady = false;
  #stopped: Promise<void> | undefined;

  constructor(options: ServerWorkerOptions) {
    const { key, limits, logger, port, spec } = options;
    const fields = { ...key, version: spec.version };
    this.#options = options;
    this.inferPath = options.inferPath;
    this.#child = spawnGuarded(options);
    preferToServer(this.#child.pid);
    yieldToOthers(this.#child.pid, options.priority);
    // Once it serves, what it prints may quote what it was sent.
    const mayShow = () => !this.#isReady || !hasPersonalData(spec);
    this.#mayShow = mayShow;
    this.#words.listen(this.#child.stdout, line => {
      if (mayShow()) logger.info(line, fields);
    });
    this.#words.listen(this.#child.stderr, line => {
      if (mayShow()) logger.warn(line, fields);
    });
    this.pool = new Pool(`http://127.0.0.1:${port}`, {
      pipelining: 1,
      // Shorter than that of common servers, so that they are not the ones to close.
      keepAliveTimeout: 1_000,
      headersTimeout: limits.timeoutMs,
      bodyTimeout: limits.timeoutMs,
    });
    this.ended = new Promise(resolve => {
      this.#child.once('error', error =>
        resolve(`could not be started (${error.message})`),
      );
      // Not `exit`: its last lines are still to be read.
      this.#child.once('close', (code, signal) =>
        resolve(
          signal ? `was killed by ${signal}` : `exited with code ${code}`,
        ),
      );
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get startHint(): string {
    const { port, silenceHint } = this.#options;
    const seen = this.#lastAnswer ?? `nothing answers on port ${port}`;
    return `${seen}; ${silenceHint}`;
  }

  async ready(signal: AbortSignal): Promise<void> {
    const { check, readyPath } = this.#options;
    const over = new AbortController();
    const died = this.ended.then(ended => {
      over.abort();
      return ended;
    });
    while (!over.signal.aborted && !signal.aborted) {
      const status = await this.#ask(readyPath, ASK_MS);
      if (status === 200) {
        await check?.(this.pool);
        this.#isReady = true;
        return;
      }
      if (status !== undefined) {
        this.#lastAnswer = `${readyPath} answers ${status}`;
      }
      await sleep(POLL_MS, undefined, { signal: over.signal }).catch(() => {});
    }
    signal.throwIfAborted();
    throw new WorkerDiedError(`${await died}${this.#words}`);
  }

  async isAlive(timeoutMs: number): Promise<boolean> {
    return (await this.#ask(this.#options.livePath, timeoutMs)) === 200;
  }

  memoryBytes(): number | undefined {
    return this.pid === undefined ? undefined : residentBytes(this.pid);
  }

  prepare(body: Buffer, headers: Record<string, string>): Buffer {
    return this.#options.prepare(body, headers);
  }

  lastWords(): string {
    return this.#mayShow() ? this.#words.justSaid() : '';
  }

  kill(): void {
    killGroup(this.#child);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), KILL_AFTER_MS);
    await this.ended;
    clearTimeout(timer);
    this.kill();
    await this.pool.destroy();
    await this.#options.cleanUp();
  }

  async #ask(path: string, timeoutMs: number): Promise<number | undefined> {
    try {
      const { statusCode, body } = await this.pool.request({
        method: 'GET',
        path,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await body.dump();
      return statusCode;
    } catch {
      return undefined;
    }
  }
}

/** Set on the shell, and so for all that the program starts. */
function yieldToOthers(pid: number | undefined, priority = 0): void {
  if (pid === undefined || priority === 0) return;
  try {
    setPriority(pid, priority);
  } catch {
    // It is gone already, which `ended` tells.
  }
}
