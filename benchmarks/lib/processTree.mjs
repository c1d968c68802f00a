// What a process and all that it started use, from Linux's /proc.
import { readdirSync, readFileSync } from 'node:fs';
import { rss } from './processMemory.mjs';

/** Clock ticks a second: on Linux, what programs see is always this. */
const TICKS = 100;

/** Processor seconds used so far, and memory in bytes now. */
export function usageOf(pid) {
  const pids = treeOf(pid);
  const usage = { cpuSeconds: 0, rss: 0, pids };
  for (const each of pids) {
    const fields = statOf(each);
    // Fields 14 and 15 of proc(5), of which the first two are cut off.
    if (fields) {
      usage.cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS;
    }
    usage.rss += rss(each) ?? 0;
  }
  return usage;
}

function treeOf(pid) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(name)?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const each of found) found.push(...(children.get(each) ?? []));
  return found;
}

/** From the state on: the name before it may hold blanks and brackets. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
