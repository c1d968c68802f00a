#!/usr/bin/env node
// From a fresh clone with empty caches to a running platform; a first start on
// an empty data folder; a second start; and the memory of each process.
// Prints a Markdown table.
//
//   node benchmarks/startup.mjs
//
// BENCH_WARM_CACHES=1 uses the caches of npm, Yarn and pip as they are.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/lib/paths.mjs';
import { duration } from '../scripts/lib/terminal.mjs';
import { launchPlatform } from '../scripts/lib/testing/launchPlatform.mjs';
import { rss } from './lib/processMemory.mjs';

const folder = mkdtempSync(join(tmpdir(), 'ml-bench-startup-'));
const checkout = join(folder, 'checkout');
const rows = [];

const caches = process.env.BENCH_WARM_CACHES
  ? {}
  : {
      npm_config_cache: join(folder, 'npm'),
      YARN_GLOBAL_FOLDER: join(folder, 'yarn'),
      PIP_CACHE_DIR: join(folder, 'pip'),
    };

async function measure(name, dataDir, onReady) {
  console.error(`${name} …`);
  const platform = await launchPlatform({
    checkout,
    dataDir: join(folder, dataDir),
    env: { ...process.env, ...caches },
  });
  rows.push([name, duration(platform.took)]);
  try {
    onReady?.(platform);
  } finally {
    await platform.stop();
  }
}

/** The steps that the start script tells, with the time that each took. */
function addSteps(platform) {
  for (const [, step, took] of platform
    .talk()
    .matchAll(/^✓ (.+?)(?: \(a few minutes.*?\))? \((\d[^)]*)\)$/gm)) {
    rows.push([`- ${step}`, took]);
  }
}

function addMemory(platform) {
  for (const { name, pid } of processesBelow(platform.pid)) {
    rows.push([`Memory of ${name}`, `${Math.round(rss(pid) / 1e6)} MB`]);
  }
}

/** The start script and its descendants, by Linux's /proc. */
function processesBelow(start) {
  const read = (pid, file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return '';
    }
  };
  const parents = new Map(
    readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(pid => [
        Number(pid),
        Number(read(pid, 'stat').split(') ').at(-1).split(' ')[1]),
      ]),
  );
  const found = [start];
  for (const parent of found) {
    for (const [pid, its] of parents) if (its === parent) found.push(pid);
  }
  const nameOf = pid => {
    const command = read(pid, 'cmdline');
    if (pid === start) return 'the start script';
    if (command.includes('src/index.ts')) return 'the portal';
    if (command.includes('worker')) return 'a model worker';
    return 'the inference server';
  };
  return found.map(pid => ({ pid, name: nameOf(pid) }));
}

try {
  execFileSync('git', ['clone', '--quiet', root, checkout]);
  const kind = process.env.BENCH_WARM_CACHES ? 'warm' : 'empty';
  await measure(`Fresh clone to ready, ${kind} caches`, 'data-1', addSteps);
  await measure('First start, all built, empty data folder', 'data-2');
  await measure('Second start', 'data-2', addMemory);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log('| | |\n|---|---|');
for (const [name, value] of rows) console.log(`| ${name} | ${value} |`);
