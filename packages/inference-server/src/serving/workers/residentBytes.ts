import { readFileSync } from 'node:fs';

/** Pages of Linux on all machines that Node runs on but a few with large pages. */
const PAGE_BYTES = 4096;

/** Resident bytes of a process and everything it started; undefined where there is no /proc. */
export function residentBytes(pid: number): number | undefined {
  const own = residentOf(pid);
  if (own === undefined) return undefined;
  let sum = own;
  for (const child of childrenOf(pid)) sum += residentBytes(child) ?? 0;
  return sum;
}

/** Resident bytes of one process. */
export function residentOf(pid: number): number | undefined {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
    return Number(pages) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}
