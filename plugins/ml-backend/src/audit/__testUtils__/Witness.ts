import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { NoteVerifier } from '../checkpoints/SignedNote';

/** A witness of one log, as a process. */
export class Witness {
  static async start(log: NoteVerifier): Promise<Witness> {
    const folder = mkdtempSync(join(tmpdir(), 'witness-'));
    const key = Buffer.from(log.vkey.split('+').at(-1)!, 'base64').subarray(1);
    const child = spawn(
      process.execPath,
      [
        resolve(__dirname, 'witness.mjs'),
        ...[folder, log.name, key.toString('base64')],
      ],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    );
    const [line] = await once(
      createInterface({ input: child.stdout! }),
      'line',
    );
    return new Witness({ child, folder, ...JSON.parse(line) });
  }

  readonly url: string;
  readonly key: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(options: {
    child: ChildProcess;
    folder: string;
    url: string;
    key: string;
  }) {
    this.#child = options.child;
    this.#folder = options.folder;
    this.url = options.url;
    this.key = options.key;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
