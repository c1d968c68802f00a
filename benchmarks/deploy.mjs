#!/usr/bin/env node
// How long it takes to bring the example models live: the pipeline from data to
// staging, and each part of a release, on a platform of its own by `npm start`.
// Prints a Markdown table.
//
//   node benchmarks/deploy.mjs --runs 3
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root } from '../scripts/lib/paths.mjs';
import { launchPlatform } from '../scripts/lib/testing/launchPlatform.mjs';

const run = promisify(execFile);
/** Each by somebody of the team that owns it. */
const EXAMPLES = [
  { model: 'wine-classifier', person: 'mei' },
  { model: 'diabetes-risk', person: 'hana' },
];

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1 || runs > 4) {
  // More would not fit into a team's deployments to production of one day.
  console.error(`--runs: '${values.runs}' is not a whole number from 1 to 4`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'ml-bench-deploy-'));
const rows = [];
let platform;

/** The command of users, as one of the example people. */
async function ml(token, ...args) {
  const { stdout } = await run(
    process.execPath,
    [join(root, 'packages/cli/bin/ml'), ...args],
    {
      cwd: folder,
      env: { ...process.env, ...platform.env, ML_TOKEN: token, CI: 'true' },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return stdout;
}

async function tokenOf(person) {
  const { stdout } = await run(
    process.execPath,
    [join(root, 'scripts/signIn.mjs'), person],
    { env: { ...process.env, ...platform.env } },
  );
  return stdout.trim();
}

async function timed(work) {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}

/** The example under another version, so that nothing of it is there yet. */
function copyAs(model, version) {
  const directory = join(folder, `${model}-${version}`);
  cpSync(join(root, 'examples', model), directory, { recursive: true });
  const file = join(directory, 'model.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/^version: .*$/m, `version: ${version}`),
  );
  return directory;
}

/** Milliseconds in each state, and from the request to the end. */
async function durationsOf(token, id) {
  const { data } = JSON.parse(
    await ml(token, 'releases', 'show', id, '--json'),
  );
  const { createdAt, finishedAt, state, transitions } = data;
  if (state !== 'succeeded')
    throw new Error(`${id} is ${state}: ${data.error}`);
  const spent = { whole: Date.parse(finishedAt) - Date.parse(createdAt) };
  transitions.forEach(({ at, to }, index) => {
    const next = transitions[index + 1];
    if (next) spent[to] = Date.parse(next.at) - Date.parse(at);
  });
  return spent;
}

async function release(token, ...args) {
  const { ms, result } = await timed(() =>
    ml(token, ...args, '-o', 'name', '--quiet'),
  );
  return { ...(await durationsOf(token, result.trim())), command: ms };
}

async function measure({ model, person }) {
  const token = await tokenOf(person);
  const seen = new Map();
  const note = (what, ms) =>
    ms !== undefined && seen.set(what, [...(seen.get(what) ?? []), ms]);
  for (let index = 1; index <= runs; index++) {
    const version = `1.${90 + index}.0`;
    console.error(`${model}@${version} …`);
    const directory = copyAs(model, version);
    const registered = await timed(() => ml(token, 'register', directory));
    note('`ml register`', registered.ms);
    const target = `${model}@${version}`;
    const staged = await release(token, 'deploy', target, '--env', 'staging');
    note('`ml deploy --env staging`, as the command takes', staged.command);
    note('- load the version there', staged.loading);
    note('- move the traffic', staged.routing);
    const promoted = await release(token, 'promote', model);
    note('`ml promote`, as the command takes', promoted.command);
    note('- gate: the platform evaluates it', promoted.gate);
    note('- load the version in production', promoted.loading);
    note('- canary of 15 s', promoted.progressing);
    const back = await release(
      token,
      ...['rollback', model, '--env', 'production', '--yes'],
    );
    note('`ml rollback`, as the command takes', back.command);
    note('- of it the platform', back.whole);
  }
  const next = copyAs(model, `1.${91 + runs}.0`);
  const pipeline = await timed(() =>
    run('sh', [join(root, 'templates/ci/pipeline.sh')], {
      cwd: folder,
      env: {
        ...process.env,
        ...platform.env,
        ...{ ML_TOKEN: token, CI: 'true', MODEL: next },
        ML: `${process.execPath} ${join(root, 'packages/cli/bin/ml')}`,
        REPORT: join(folder, `report-${model}`),
      },
      maxBuffer: 64 * 1024 * 1024,
    }),
  );
  note('pipeline: data, package, evaluate, register, staging', pipeline.ms);
  for (const [what, times] of seen) rows.push({ model, what, times });
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

try {
  platform = await launchPlatform({
    checkout: root,
    dataDir: join(folder, 'data'),
    env: process.env,
  });
  for (const example of EXAMPLES) await measure(example);
} finally {
  await platform?.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log('| Model | What | Median | Slowest | Runs |');
console.log('| --- | --- | ---: | ---: | ---: |');
for (const { model, times, what } of rows) {
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  console.log(
    `| ${model} | ${what} | ${seconds(median)} | ${seconds(sorted.at(-1))} | ${
      sorted.length
    } |`,
  );
}
