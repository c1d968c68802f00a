import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = resolve(__dirname, '../..');

export interface MlResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface MlRunOptions {
  env?: NodeJS.ProcessEnv;
  input?: string;
  /** Lets it believe that stdout and stderr are a terminal. */
  terminal?: boolean;
  /** Called with the process, to kill it in the middle. */
  onSpawn?: (child: ChildProcess) => void;
}

/**
 * `ml` as users have it: the bundle, built anew unless `npm test` has done so, in
 * a process of its own.
 */
export class MlProcess {
  private constructor(readonly folder: string) {}

  static async build(): Promise<MlProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'ml-test-'));
    const ml = new MlProcess(folder);
    if (process.env.ML_TEST_BUNDLES === 'built') {
      await copyFile(join(PACKAGE, 'dist/ml.cjs'), ml.bundle);
    } else {
      await promisify(execFile)(process.execPath, [
        join(PACKAGE, 'build.mjs'),
        ml.bundle,
      ]);
    }
    return ml;
  }

  get bundle(): string {
    return join(this.folder, 'ml.cjs');
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Runs it in an empty home, so that nothing of this machine is found. */
  run(args: string[], options: MlRunOptions = {}): Promise<MlResult> {
    return new Promise((done, fail) => {
      const preload = options.terminal
        ? ['--require', join(__dirname, 'terminal.cjs')]
        : [];
      const child = spawn(
        process.execPath,
        [...preload, this.bundle, ...args],
        {
          cwd: this.folder,
          env: {
            PATH: process.env.PATH,
            HOME: this.folder,
            // As its starter has it for users.
            NODE_COMPILE_CACHE: join(this.folder, '.compile-cache'),
            ...options.env,
          },
        },
      );
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', chunk => {
        stdout += chunk;
      });
      child.stderr.on('data', chunk => {
        stderr += chunk;
      });
      child.on('error', fail);
      child.on('close', code => done({ code, stdout, stderr }));
      child.stdin.on('error', () => {});
      child.stdin.end(options.input ?? '');
      options.onSpawn?.(child);
    });
  }
}
