import {
  hasPersonalData,
  type ServedModelKey,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Pool } from 'undici';
import type { Logger } from '../../log/Logger';
import type { LoadMessage, WorkerMessage } from '../../worker/messages';
import type { Limits } from '../limits';
import { LastWords } from './LastWords';
import { residentOf } from './residentBytes';
import { LoadRefusedError, type Worker, WorkerDiedError } from './Worker';

export interface OnnxWorkerOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
  modelPath: string;
  socketPath: string;
  workerPath: string;
  logger: Logger;
}

/** A worker that was told to end and is busy gets this long before it is killed. */
const KILL_AFTER_MS = 5_000;

/** Our own worker for ONNX models: a forked process behind a Unix socket. */
export class OnnxWorker implements Worker {
  readonly ended: Promise<string>;
  readonly pool: Pool;
  readonly inferPath = '/';
  readonly isPlain = false;
  readonly startHint =
    'the model takes long to load; raise resources.startSeconds';
  readonly #child: ChildProcess;
  readonly #message: Promise<WorkerMessage>;
  readonly #words = new LastWords();
  readonly #mayShow: () => boolean;
  #isReady = false;
  #stopped: Promise<void> | undefined;

  constructor(options: OnnxWorkerOptions) {
    const { key, limits, logger, spec } = options;
    const fields = { ...key, version: spec.version };
    this.#child = fork(options.workerPath, [], {
      execArgv: [],
      env: workerEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    preferToServer(this.#child.pid);
    // Once it serves, what it prints may quote what it was sent.
    const mayShow = () => !this.#isReady || !hasPersonalData(spec);
    this.#mayShow = mayShow;
    this.#words.listen(this.#child.stdout, line => {
      if (mayShow()) logger.info(line, fields);
    });
    this.#words.listen(this.#child.stderr, line => {
      if (mayShow()) logger.warn(line, fields);
    });
    this.pool = new Pool('http://worker', {
      socketPath: options.socketPath,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      headersTimeout: limits.timeoutMs,
      bodyTimeout: limits.timeoutMs,
    });
    this.ended = new Promise(resolve => {
      this.#child.once('error', error =>
        resolve(`could not be started (${error.message})`),
      );
      this.#child.once('exit', (code, signal) =>
        resolve(
          signal ? `was killed by ${signal}` : `exited with code ${code}`,
        ),
      );
    });
    this.#message = once(this.#child, 'message').then(([value]) => value);
    // Nobody waits any more for what a killed one would have said.
    this.#message.catch(() => {});
    const load: LoadMessage = {
      type: 'load',
      ...key,
      version: spec.version,
      modelPath: options.modelPath,
      interface: spec.interface,
      batching: spec.batching,
      socketPath: options.socketPath,
      threads: limits.threads,
    };
    // A child that is gone already shows in `ended`.
    this.#child.send(load, () => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async ready(): Promise<void> {
    const message = await Promise.race([this.#message, this.ended]);
    if (typeof message === 'string') {
      throw new WorkerDiedError(`${message}${this.#words}`);
    }
    if (message.type === 'failed') throw new LoadRefusedError(message.reason);
    this.#isReady = true;
  }

  async isAlive(timeoutMs: number): Promise<boolean> {
    return answers(this.pool, this.inferPath, timeoutMs);
  }

  memoryBytes(): number | undefined {
    return this.pid === undefined ? undefined : residentOf(this.pid);
  }

  prepare(body: Buffer): Buffer {
    return body;
  }

  lastWords(): string {
    return this.#mayShow() ? this.#words.justSaid() : '';
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(
      () => this.kill(),
      // One that never became ready has nothing to finish.
      this.#isReady ? KILL_AFTER_MS : 0,
    );
    await this.ended;
    clearTimeout(timer);
    await this.pool.destroy();
  }
}

/** Whether anything at all is answered: this worker's only path is inference. */
async function answers(
  pool: Pool,
  path: string,
  timeoutMs: number,
): Promise<boolean> {
  try {
    const { body } = await pool.request({
      method: 'GET',
      path,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await body.dump();
    return true;
  } catch {
    return false;
  }
}

/** Names of variables that are ours, such as tokens; those of OpenTelemetry may hold one. */
const OWN_VARIABLES = /^(?:ML_|OTEL_EXPORTER_)/;

/** A worker runs other people's models: it gets no secret of ours. */
function workerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name)),
  );
}

/** Where memory ends altogether, the kernel shall take a worker and not the server. */
export function preferToServer(pid: number | undefined): void {
  if (pid === undefined || process.platform !== 'linux') return;
  // Some containers forbid it, which changes nothing else.
  writeFile(`/proc/${pid}/oom_score_adj`, '500').catch(() => {});
}
