import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** Root of the checkout; nothing here is ever built. */
// eslint-disable-next-line no-restricted-syntax
export const repository = resolve(__dirname, '../../../..');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Fails, with all that the command said, when it did not succeed. */
export function expectSuccess(outcome: Outcome): Outcome {
  if (outcome.code === 0) return outcome;
  throw new Error(
    `Exit code ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`,
  );
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Called once the process runs. */
  onStart?: (pid: number) => void;
}

/** Runs a command to its end; a failure is an outcome like any other. */
export function run(
  command: string,
  args: string[],
  options: RunOptions = {},
): Promise<Outcome> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? repository,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => done({ code, stdout, stderr }));
    if (child.pid) options.onStart?.(child.pid);
  });
}
