import { type ChildProcess, spawn } from 'node:child_process';

/** Kept of what the program says. */
const TAIL = 4_000;

/**
 * Runs a program of this platform in a process group of its own, with nothing
 * of this process's environment but what is given. It ends when it is aborted,
 * and by itself when this process is gone: its standard input closes then.
 *
 * @returns the last line of stderr, when it did not end well
 */
export async function runProgram(
  args: readonly string[],
  options: {
    env: Record<string, string>;
    cwd: string;
    signal: AbortSignal;
    onLine(line: string): void;
  },
): Promise<string | undefined> {
  const { cwd, env, onLine, signal } = options;
  signal.throwIfAborted();
  const child = spawn(process.execPath, args, {
    ...{ cwd, env, detached: true },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  let said = '';
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(-TAIL);
  });
  child.stdout.on('data', chunk => {
    onLine(String(chunk).slice(0, TAIL).trim());
  });
  const kill = () => killGroup(child);
  signal.addEventListener('abort', kill);
  try {
    const code = await new Promise<number | string>(resolve => {
      child.once('error', error => resolve(error.message));
      child.once('close', (status, name) => resolve(status ?? String(name)));
    });
    if (code === 0) return undefined;
    return said.trim().split('\n').at(-1) || `the program ended with ${code}`;
  } finally {
    signal.removeEventListener('abort', kill);
    // What it may have left running.
    kill();
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
