import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// eslint-disable-next-line no-restricted-syntax
const BUNDLE = join(__dirname, '../../dist/provider.mjs');

/** The real provider as a process of its own. */
export class ProviderProcess {
  /** Starts it; fails with what it said when it does not start. */
  static async start(env: NodeJS.ProcessEnv): Promise<ProviderProcess> {
    const child = spawn(process.execPath, [BUNDLE], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    child.stderr.on('data', chunk => {
      log += chunk;
    });
    const line = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'close').then(() => undefined),
    ]);
    if (!line) throw new Error(log);
    return new ProviderProcess(child, JSON.parse(line[0]).issuer);
  }

  readonly issuer: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, issuer: string) {
    this.#child = child;
    this.issuer = issuer;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
