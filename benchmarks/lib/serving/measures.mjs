// What is kept of a run, and how it is printed.
import { usageOf } from '../processTree.mjs';

const MIB = 1024 * 1024;

/** Runs load against a server, and adds what the server's processes used meanwhile. */
export async function measured(pid, run) {
  const before = usageOf(pid);
  const result = await run();
  const after = usageOf(pid);
  return {
    ...result,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    rss: after.rss,
  };
}

/** A round is no shorter than this. */
const ROUND_SECONDS = 0.5;
const MOST_ROUNDS = 4;

/**
 * Gives each run its seconds in rounds, all of them in turns, so that what else
 * the machine does falls on them alike. Returns the result of each.
 */
export async function inTurns(runs, seconds) {
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(seconds / ROUND_SECONDS));
  const results = runs.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, run] of runs.entries()) {
      results[i].push(await run(seconds / rounds));
    }
  }
  return results.map(merge);
}

function merge(rounds) {
  const sum = name => rounds.reduce((total, each) => total + each[name], 0);
  return {
    latencies: rounds.flatMap(({ latencies }) => latencies),
    errors: sum('errors'),
    reasons: new Set(rounds.flatMap(({ reasons }) => [...reasons])),
    seconds: sum('seconds'),
    cpuSeconds: sum('cpuSeconds'),
    rss: rounds.at(-1).rss,
  };
}

/** Percentiles in milliseconds, the rate, and processor seconds for 1,000 requests. */
export function summarize(result) {
  const { cpuSeconds, errors, latencies, reasons, rss, seconds } = result;
  const sorted = Float64Array.from(latencies).sort();
  const at = share =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ??
    NaN;
  return {
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
    count: sorted.length,
    perSecond: (latencies.length - errors) / seconds,
    cpuPerThousand: (cpuSeconds / latencies.length) * 1000,
    rssMib: rss / MIB,
    errors,
    reasons: [...(reasons ?? [])],
  };
}

export function printTable(title, columns) {
  console.log(`\n### ${title}\n`);
  const names = Object.entries(columns);
  printRow(names.map(([name]) => name));
  printRow(names.map(([, isNumber]) => (isNumber ? '--:' : '---')));
}

export function printRow(cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

/** Three digits that matter, as far as they are known. */
export function ms(value) {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function errorsOf({ errors, reasons }) {
  return reasons.length ? `${errors} (${reasons.join('; ')})` : errors;
}
