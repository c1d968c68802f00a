import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { FriendlyError } from './FriendlyError.mjs';
import { display } from './paths.mjs';
import { endGroup, identify, signalGroup, until } from './processes.mjs';
import { RotatingLog } from './RotatingLog.mjs';
import { tail } from './run.mjs';
import { done, duration, status, warn } from './terminal.mjs';

const followParent = createRequire(import.meta.url).resolve(
  './followParent.cjs',
);

const FIRST_READY_MS = 180_000;
const MAX_BACKOFF_MS = 30_000;
const HEALTHY_AFTER_MS = 15_000;

/**
 * One long-running child process, in a process group of its own: started,
 * watched, started again when it ends unasked, and stopped with all it began.
 */
export class Service {
  #options;
  #log;
  #child;
  #stopping = false;
  #failures = 0;
  #timer;

  /**
   * @param {{
   *   name: string, node: string, args: string[], cwd: string,
   *   env: NodeJS.ProcessEnv, logFile: string,
   *   isReady: () => Promise<boolean>,
   *   onPid: (pid: number | undefined) => void,
   * }} options
   */
  constructor(options) {
    this.#options = options;
    this.#log = new RotatingLog({ file: options.logFile });
  }

  get name() {
    return this.#options.name;
  }

  /** Starts the process and waits until it answers. */
  async start() {
    const { name, isReady } = this.#options;
    const started = Date.now();
    let ended;
    this.#spawn(how => {
      ended = how;
    });
    const ready = await until(
      async () => {
        status(`    ${duration(Date.now() - started)}  starting the ${name}`);
        return ended || this.#stopping || (await isReady());
      },
      FIRST_READY_MS,
      150,
    );
    if (this.#stopping) return;
    if (!ready || ended) {
      const what = ended ?? `is not ready after ${duration(FIRST_READY_MS)}`;
      throw new FriendlyError(
        `The ${name} ${what}. The whole log: ${display(this.#log.file)}`,
        { details: tail(this.#log.file, 30) },
      );
    }
    done(`The ${name} is ready (${duration(Date.now() - started)})`);
    this.#supervised = true;
  }

  /** Ends the process and all that it started; kills what does not go. */
  async stop(graceMs) {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child) await endGroup(child.identity, graceMs);
    this.#log.close();
  }

  #supervised = false;

  #spawn(onEarlyEnd) {
    const { node, args, cwd, env, name, onPid } = this.#options;
    const startedAt = Date.now();
    this.#log.write(`--- ${new Date().toISOString()} starting the ${name}\n`);
    const child = spawn(node, ['--require', followParent, ...args], {
      cwd,
      env: { ...env, ML_PARENT_PIPE: '3' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.on('data', chunk => this.#log.write(chunk));
    child.stderr.on('data', chunk => this.#log.write(chunk));
    child.stdio[3].on('error', () => {});
    child.on('error', error =>
      onEarlyEnd(`cannot be started: ${error.message}`),
    );
    if (child.pid === undefined) return;
    this.#child = { pid: child.pid, identity: identify(child.pid) };
    onPid(child.pid);
    child.on('exit', (code, signal) => {
      // Workers of a crashed process would hold its ports and memory.
      signalGroup(child.pid, 'SIGKILL');
      this.#child = undefined;
      onPid(undefined);
      const how = signal
        ? `was killed (${signal})`
        : `ended (exit code ${code})`;
      this.#log.write(`--- ${new Date().toISOString()} the ${name} ${how}\n`);
      if (this.#stopping) return;
      if (this.#supervised) this.#restartSoon(how, Date.now() - startedAt);
      else onEarlyEnd(how);
    });
  }

  #restartSoon(how, livedMs) {
    const { name, isReady } = this.#options;
    if (livedMs > HEALTHY_AFTER_MS) this.#failures = 0;
    const delay = Math.min(250 * 2 ** this.#failures++, MAX_BACKOFF_MS);
    const log = display(this.#log.file);
    warn(
      `The ${name} ${how}; starting it again in ${duration(
        delay,
      )} (log: ${log})`,
    );
    this.#timer = setTimeout(async () => {
      const started = Date.now();
      this.#spawn(() => {});
      const child = this.#child;
      const gone = () => this.#stopping || this.#child !== child;
      const ready = await until(
        async () => gone() || (await isReady()),
        FIRST_READY_MS,
        150,
      );
      if (gone()) return;
      if (ready)
        done(`The ${name} is ready again (${duration(Date.now() - started)})`);
      else warn(`The ${name} does not answer; see ${log}`);
    }, delay);
  }
}
