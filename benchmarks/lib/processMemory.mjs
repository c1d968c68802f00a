// Memory of a process, from Linux's /proc.
import { readFileSync, writeFileSync } from 'node:fs';

/** Lets the kernel look for a new peak from now on. */
export function resetPeakRss(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Not Linux: the peak is unknown then.
  }
}

/** Most memory since the last reset, in bytes; undefined where it is not known. */
export function peakRss(pid) {
  return readStatus(pid, 'VmHWM');
}

export function rss(pid) {
  return readStatus(pid, 'VmRSS');
}

function readStatus(pid, field) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
  } catch {
    return undefined;
  }
}
