import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * When a process started, in the system's own words; undefined when there is
 * none. Together with the id it names a process for good: ids are reused.
 */
export function startTimeOf(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold spaces and parentheses itself.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return started.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** What identifies a process beyond its life: `{ pid, started }`. */
export function identify(pid) {
  return { pid, started: startTimeOf(pid) };
}

export function isAlive({ pid, started }) {
  return started !== undefined && startTimeOf(pid) === started;
}

/** Signals a process group; false when it is gone. */
export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Polls until the check holds; false when the deadline passed first. */
export async function until(check, timeoutMs, intervalMs = 100) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await check()) return true;
    if (Date.now() >= deadline) return false;
    await sleep(intervalMs);
  }
}

/**
 * Ends a process that leads its group: asks it, then, when the grace period is
 * over, kills the whole group.
 */
export async function endGroup(identity, graceMs) {
  if (isAlive(identity)) {
    signalProcess(identity.pid, 'SIGTERM');
    await until(() => !isAlive(identity), graceMs);
  }
  // Also sweeps children that outlived their leader.
  signalGroup(identity.pid, 'SIGKILL');
  await until(() => !isAlive(identity), 5_000);
}
