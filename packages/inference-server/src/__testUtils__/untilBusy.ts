import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitFor } from './waitFor';

/** Waits until a process has worked for a while: a worker, on the request just sent to it. */
export async function untilBusy(pid: number): Promise<void> {
  const before = processorSeconds(pid);
  await waitFor('the worker to be busy', () =>
    processorSeconds(pid) - before > 0.1 ? true : undefined,
  );
}

function processorSeconds(pid: number): number {
  if (process.platform === 'linux') {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 14, user time; the second may hold spaces, so count from its end.
    return Number(stat.split(') ')[1].split(' ')[11]) / 100;
  }
  const time = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  const [seconds, minutes = '0'] = time.trim().split(':').reverse();
  return Number(minutes) * 60 + Number(seconds);
}
