import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

interface ProcessInfo {
  pid: number;
  parent: number;
  state: string;
}

/** Ids of a process and of all that descend from it. */
export function processTree(root: number): number[] {
  const all = listProcesses();
  const found = new Set([root]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

/** Those of the processes that still run. */
export function stillRunning(pids: number[]): number[] {
  const running = new Set(
    listProcesses()
      .filter(({ state }) => !state.startsWith('Z'))
      .map(({ pid }) => pid),
  );
  return pids.filter(pid => running.has(pid));
}

function listProcesses(): ProcessInfo[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .flatMap(name => {
        try {
          const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
          // The name in parentheses may hold spaces and parentheses itself.
          const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
          return { pid: Number(name), state: rest[0], parent: Number(rest[1]) };
        } catch {
          return [];
        }
      });
  }
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .map(line => {
      const [pid, parent, state] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state };
    });
}
