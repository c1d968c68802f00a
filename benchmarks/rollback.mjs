#!/usr/bin/env node
// How soon callers are rid of a bad version, under load: the time from a verdict, or
// from a person's command, to the last bad answer, and requests that got no answer
// at all. Prints a Markdown table.
//
//   node benchmarks/rollback.mjs --runs 10
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  buildServer,
  InferenceServer,
  packageDir,
  require,
  routesTo,
} from './lib/InferenceServer.mjs';
import { loadTypeScript } from './lib/loadTypeScript.mjs';

const { Agent, request } = require('undici');

const CALLERS = 16;
const WEIGHT = 50;
const MODEL = 'arithmetic';
const STABLE = '1.0.0';
/** Requests go on for so long after a way back, to see that nothing bad follows. */
const AFTER_MS = 1_500;
const BODY = JSON.stringify({
  inputs: ['a', 'b'].map(name => ({
    ...{ name, datatype: 'FP32', shape: [1, 3] },
    data: [1, 2, 3],
  })),
});
const tensor = name => ({ name, datatype: 'FP32', shape: [-1, 3] });
const INTERFACE = {
  inputs: [tensor('a'), tensor('b')],
  outputs: [tensor('sum'), tensor('difference')],
};

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' } },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1 || runs > 1_000) {
  console.error(`--runs: '${values.runs}' is not a whole number to 1000`);
  process.exit(2);
}

const { DEFAULT_JUDGE_SETTINGS } = await loadTypeScript(
  'plugins/ml-common/src/judge',
  ['judge'],
);
buildServer();
const server = await InferenceServer.start();
const fixture = name => join(packageDir, 'fixtures', `${name}.onnx`);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

/** Callers that ask again as soon as they are answered. */
function startLoad() {
  const dispatcher = new Agent({ connections: CALLERS, pipelining: 1 });
  const answers = [];
  let on = true;
  const call = async () => {
    while (on) {
      const begun = Date.now();
      const status = await request(server.inferUrl(MODEL), {
        ...{ method: 'POST', body: BODY, dispatcher },
        headers: { 'content-type': 'application/json' },
      })
        .then(async ({ body, headers, statusCode }) => {
          await body.dump();
          const isCanary = headers['x-ml-version'] !== STABLE;
          return { statusCode, isCanary };
        })
        .catch(() => ({ statusCode: 0, isCanary: false }));
      answers.push({ begun, at: Date.now(), ...status });
    }
  };
  const calls = Array.from({ length: CALLERS }, call);
  return {
    answers,
    async stop() {
      on = false;
      await Promise.all(calls);
      await dispatcher.close();
    },
  };
}

let generation = 1;
let version = 0;

/** A canary of 50 %, up to the moment that `wayBack` gives, and what came after it. */
async function measure({ artifact, tickMs, wayBack }) {
  version += 1;
  const canary = `1.${version}.0`;
  await server.load(MODEL, canary, {
    file: fixture(artifact),
    iface: INTERFACE,
  });
  const load = startLoad();
  generation += 1;
  const id = `run ${version}`;
  await server.control('PUT', `${MODEL}/rollout`, {
    id,
    stable: STABLE,
    canary,
    steps: [
      { weight: WEIGHT, holdMs: 3_600_000 },
      { weight: 100, holdMs: 0 },
    ],
    stableRoutes: routesTo({ [STABLE]: 1 }, generation),
    canaryRoutes: routesTo({ [canary]: 1 }, generation),
    judge: { ...DEFAULT_JUDGE_SETTINGS, steps: 2 },
    tickMs,
    clientCap: 65_535,
    insufficientEvidence: 'extend',
    maxStepMs: 3_600_000,
  });
  const moment = await wayBack(id);
  await sleep(AFTER_MS);
  await load.stop();
  const last = load.answers
    .filter(({ isCanary, statusCode }) => isCanary || statusCode >= 500)
    .reduce((latest, { at }) => Math.max(latest, at), 0);
  const { state } = await server.control('GET', `${MODEL}/rollout`);
  if (state !== 'rolled_back' && state !== 'aborted') throw new Error(state);
  // One generation further, so that the bad version may go.
  generation += 1;
  await server.route(MODEL, { [STABLE]: 1 }, generation);
  return {
    ms: Math.max(0, last - moment),
    dropped: load.answers.filter(({ statusCode }) => statusCode === 0).length,
    requests: load.answers.length,
  };
}

async function byVerdict() {
  for (;;) {
    const { events, state } = await server.control('GET', `${MODEL}/rollout`);
    if (state !== 'running') return Date.parse(events.at(-1).at);
    await sleep(20);
  }
}

async function byCommand(id) {
  await sleep(500);
  const moment = Date.now();
  await server.control('POST', `${MODEL}/rollout/abort`, { id, cause: 'run' });
  return moment;
}

const CASES = [
  {
    what: 'the judge rolls back a version that fails',
    ...{ artifact: 'faulty', tickMs: 500, wayBack: byVerdict },
  },
  {
    what: 'a person aborts',
    ...{ artifact: 'arithmetic', tickMs: 500, wayBack: byCommand },
  },
];

try {
  await server.load(MODEL, STABLE, {
    file: fixture('arithmetic'),
    iface: INTERFACE,
  });
  await server.route(MODEL, { [STABLE]: 1 }, generation);
  console.log(
    `${runs} times each, ${CALLERS} callers that ask again at once, ${WEIGHT} % on the canary\n`,
  );
  console.log(
    '| Way back | Last answer of the version, median ms | Slowest ms | Requests | Without an answer |',
  );
  console.log('|---|--:|--:|--:|--:|');
  for (const { what, ...options } of CASES) {
    const results = [];
    for (let run = 0; run < runs; run += 1)
      results.push(await measure(options));
    const times = results.map(({ ms }) => ms).sort((a, b) => a - b);
    const sum = name => results.reduce((all, each) => all + each[name], 0);
    console.log(
      `| ${what} | ${times[Math.floor(times.length / 2)]} | ${times.at(
        -1,
      )} | ${sum('requests').toLocaleString('en-US')} | ${sum('dropped')} |`,
    );
  }
} finally {
  await server.stop();
}
