import { type ChildProcess, spawn } from 'node:child_process';

export interface GuardedOptions {
  command: readonly string[];
  cwd: string;
  /** All of its environment: nothing is inherited. */
  env: Record<string, string>;
}

/**
 * Waits in the background until its input ends, which it does when the server
 * ends, however that happens; then it ends the whole process group. The shell
 * itself becomes the command, so that its exit is the child's.
 */
const SCRIPT = `exec 3<&0
(cat <&3; kill -KILL 0) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

/**
 * Starts a foreign program in a process group of its own that ends with this
 * process, even when this one is killed. {@link killGroup} ends it and
 * everything it started.
 */
export function spawnGuarded(options: GuardedOptions): ChildProcess {
  const { command, cwd, env } = options;
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', ...command], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  // It breaks when the child is killed, which `exit` tells.
  child.stdin?.on('error', () => {});
  // What it leaves behind goes as well.
  child.once('exit', () => child.stdin?.destroy());
  return child;
}

/** Ends a guarded child and everything it started, at once. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
