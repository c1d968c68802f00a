import type {
  ServedModelKey,
  ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Logger } from '../log/Logger';
import type { LoadMessage, WorkerMessage } from '../worker/messages';

/** The model cannot be served, and starting again would not help. */
export class LoadRefusedError extends Error {}

/** The worker ended before it said anything. */
export class WorkerDiedError extends Error {}

export interface WorkerProcessOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  modelPath: string;
  socketPath: string;
  workerPath: string;
  logger: Logger;
}

/** A request to a worker may take this long. */
export const INFERENCE_TIMEOUT_MS = 60_000;
/** A worker that was told to end and is busy gets this long before it is killed. */
const KILL_AFTER_MS = 5_000;

/** A running worker and the connections to it. */
export class WorkerProcess {
  /** Resolves with how it ended, as part of a sentence: `exited with code 1`. */
  readonly ended: Promise<string>;
  readonly pool: Pool;
  readonly #child: ChildProcess;
  #stopped: Promise<void> | undefined;

  constructor(options: WorkerProcessOptions) {
    const { key, spec, logger } = options;
    const fields = { ...key, version: spec.version };
    this.#child = fork(options.workerPath, [], {
      execArgv: [],
      env: workerEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
    });
    forwardLines(this.#child.stdout, line => logger.info(line, fields));
    forwardLines(this.#child.stderr, line => logger.warn(line, fields));
    this.pool = new Pool('http://worker', {
      socketPath: options.socketPath,
      pipelining: 1,
      keepAliveTimeout: 60_000,
      headersTimeout: INFERENCE_TIMEOUT_MS,
      bodyTimeout: INFERENCE_TIMEOUT_MS,
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
    const load: LoadMessage = {
      type: 'load',
      ...key,
      version: spec.version,
      modelPath: options.modelPath,
      interface: spec.interface,
      batching: spec.batching,
      socketPath: options.socketPath,
    };
    // A child that is gone already shows in `ended`.
    this.#child.send(load, () => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the model is loaded and requests can be sent. */
  async ready(): Promise<void> {
    const message = await Promise.race([
      once(this.#child, 'message').then(([value]) => value as WorkerMessage),
      this.ended,
    ]);
    if (typeof message === 'string') throw new WorkerDiedError(message);
    if (message.type === 'failed') throw new LoadRefusedError(message.reason);
  }

  /** Ends the worker; what it still works on is lost, so drain first. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.ended;
    clearTimeout(timer);
    await this.pool.destroy();
  }
}

/** A worker runs other people's models: it gets no secret of ours. */
function workerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ML_')),
  );
}

function forwardLines(
  stream: Readable | null,
  write: (line: string) => void,
): void {
  if (stream) createInterface({ input: stream }).on('line', write);
}
