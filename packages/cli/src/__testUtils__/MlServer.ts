import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Told, Typed } from './serveMl';

const PACKAGE = resolve(__dirname, '../..');

/**
 * `ml` for tests that run it some hundred times: bundled as users have it, but
 * one process for all command lines, which takes milliseconds for each.
 */
export class MlServer {
  static async start(): Promise<MlServer> {
    const folder = await mkdtemp(join(tmpdir(), 'ml-server-'));
    const bundle = join(folder, 'ml.cjs');
    await promisify(execFile)(process.execPath, [
      ...[join(PACKAGE, 'build.mjs'), bundle],
      join(__dirname, 'serveMl.ts'),
    ]);
    const child = fork(bundle, {
      cwd: folder,
      // Nothing of this machine is found.
      env: { PATH: process.env.PATH, HOME: folder },
      execArgv: [],
    });
    return new MlServer(folder, child);
  }

  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #open = new Map<number, (told: Told) => void>();
  #last = 0;

  private constructor(folder: string, child: ChildProcess) {
    this.#folder = folder;
    this.#child = child;
    child.on('message', (told: Told) => {
      this.#open.get(told.id)?.(told);
      this.#open.delete(told.id);
    });
  }

  run(args: string[], who: { url: string; token: string }): Promise<Told> {
    this.#last += 1;
    const typed: Typed = { id: this.#last, args, ...who };
    return new Promise((done, fail) => {
      this.#open.set(typed.id, done);
      this.#child.send(typed, error => error && fail(error));
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill();
      await once(this.#child, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
