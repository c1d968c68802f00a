import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SupervisorFile } from '../supervisor/SupervisorFile';
import { SUPERVISOR_TITLE } from './supervise';
import { CommandError, UsageError } from './errors';

/** Longer than the supervisor waits for a successor. */
const TIMEOUT_MS = 6 * 60_000;
const POLL_MS = 100;

/** `ml-inference-server upgrade`: has the running server replaced, and waits for how it ends. */
export async function upgrade(): Promise<void> {
  const { ML_INFERENCE_DIR } = process.env;
  if (!ML_INFERENCE_DIR) {
    throw new UsageError(
      'ML_INFERENCE_DIR: is missing; set it to the folder of the server that is to be upgraded',
    );
  }
  const file = new SupervisorFile(resolve(ML_INFERENCE_DIR));
  const before = file.read();
  if (!before || !isSupervisor(before.pid)) {
    throw new CommandError(
      `no supervised server runs on ${ML_INFERENCE_DIR}; start it with \`ml-inference-server supervise\``,
    );
  }
  process.kill(before.pid, 'SIGHUP');
  const deadline = Date.now() + TIMEOUT_MS;
  while (Date.now() < deadline) {
    const now = file.read();
    if (now?.upgrade && now.upgrade.startedAt !== before.upgrade?.startedAt) {
      const { outcome, reason } = now.upgrade;
      if (outcome === 'failed') {
        throw new CommandError(`the old server goes on: ${reason}`);
      }
      process.stdout.write(`upgraded: process ${now.server} serves\n`);
      return;
    }
    if (!isRunning(before.pid)) {
      throw new CommandError('the supervisor ended before the upgrade did');
    }
    await sleep(POLL_MS);
  }
  throw new CommandError('the upgrade is not over; see the log of the server');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A number left by one that was killed may by now be that of any other program. */
function isSupervisor(pid: number): boolean {
  try {
    const words = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    return words.includes(SUPERVISOR_TITLE);
  } catch {
    return false;
  }
}
