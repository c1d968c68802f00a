import { type ChildProcess, fork } from 'node:child_process';
import type { ListeningSockets } from './ListeningSockets';
import {
  ROLE_VARIABLE,
  type ServerMessage,
  type SupervisorMessage,
} from './messages';
import { nextMessage } from './nextMessage';

/** An inference server as a child of the supervisor. */
export class SupervisedProcess {
  /** Resolves with how it ended, as part of a sentence. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #over = false;

  constructor(options: {
    /** File that is run; read anew each time, so that it may be a newer one. */
    script: string;
    role: 'first' | 'successor';
    sockets: ListeningSockets;
  }) {
    const { role, script, sockets } = options;
    this.#child = fork(script, [], {
      env: { ...process.env, [ROLE_VARIABLE]: role },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message: ServerMessage) => {
      if (message.type !== 'listener') return;
      const { host, key, port } = message;
      try {
        const handle = sockets.get(key, host, port);
        this.#child.send({ type: 'listener', key }, handle);
      } catch (error) {
        this.send({ type: 'listener', key, error: (error as Error).message });
      }
    });
    this.ended = new Promise(resolve => {
      this.#child.once('error', error => resolve(`failed: ${error.message}`));
      this.#child.once('exit', (code, signal) =>
        resolve(
          signal ? `was killed by ${signal}` : `exited with code ${code}`,
        ),
      );
    });
    this.ended.then(() => {
      this.#over = true;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get over(): boolean {
    return this.#over;
  }

  send(message: SupervisorMessage): void {
    // One that is gone already shows in `ended`.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The next message of a type. Rejects when it ends before, or takes too long. */
  async next<T extends ServerMessage['type']>(
    type: T,
    timeoutMs: number,
  ): Promise<Extract<ServerMessage, { type: T }>> {
    const done = new AbortController();
    const signal = AbortSignal.any([
      done.signal,
      AbortSignal.timeout(timeoutMs),
    ]);
    try {
      return await Promise.race([
        nextMessage<ServerMessage>(
          this.#child,
          message => message.type === type,
          signal,
        ).then(({ message }) => message as Extract<ServerMessage, { type: T }>),
        this.ended.then(how => {
          throw new Error(`it ${how}`);
        }),
      ]);
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') throw error;
      throw new Error(`it was not ${type} within ${timeoutMs / 1000} s`);
    } finally {
      done.abort();
    }
  }
}
