#!/usr/bin/env node
// What log, metrics, traces, captures and keys cost: processor time of the
// gateway's process for each request, which a busy machine disturbs less than
// latency. Prints a Markdown table.
//
//   node benchmarks/telemetry.mjs
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedLoop, summarize } from './lib/closedLoop.mjs';
import { buildServer, packageDir } from './lib/InferenceServer.mjs';
import { startServing } from './lib/startServing.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const WARM_UP_SECONDS = 2;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const CONNECTIONS = 4;
/** Of Linux; `getconf CLK_TCK` says so everywhere. */
const TICKS_PER_SECOND = 100;

buildServer();

const folder = mkdtempSync(join(tmpdir(), 'ml-bench-callers-'));
const callersFile = join(folder, 'callers.yaml');
const key = 'key-of-the-benchmark';
const sha256 = createHash('sha256').update(key).digest('hex');
writeFileSync(
  callersFile,
  JSON.stringify({
    consumers: [
      { name: 'bench', keys: [{ sha256 }], limits: { concurrency: 100 } },
    ],
  }),
);
// A receiver that reads and forgets.
const receiver = createServer((request, response) => {
  request.resume().on('end', () => response.end('{}'));
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');
const endpoint = `http://127.0.0.1:${receiver.address().port}`;

const keys = { ML_CALLERS_FILE: callersFile };
const traces = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
const CASES = [
  { what: 'log and metrics, as always', env: {} },
  { what: '… and keys and limits', env: keys },
  {
    what: '… and 1 % of traces',
    env: {
      ...traces,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    },
  },
  { what: '… and all traces', env: traces },
  { what: '… and 1 % captured', env: { ML_CAPTURE_PERCENT: '1' } },
  { what: '… and all captured', env: { ML_CAPTURE_PERCENT: '100' } },
  { what: '… and small outputs logged', env: { ML_LOG_OUTPUTS: 'small' } },
  {
    what: 'all of it, traces and captures at 100 %',
    env: {
      ...keys,
      ...traces,
      ML_CAPTURE_PERCENT: '100',
      ML_LOG_OUTPUTS: 'small',
    },
  },
];

const body = JSON.stringify({
  inputs: [
    {
      name: 'features',
      datatype: 'FP32',
      shape: [1, 30],
      data: Array.from({ length: 30 }, (_, i) =>
        Number(Math.sin(i).toFixed(4)),
      ),
    },
  ],
});
const iface = {
  inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 30] }],
  outputs: [{ name: 'probability', datatype: 'FP32', shape: [-1, 1] }],
};

/** Processor time of a process so far, in microseconds. */
function processorTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

async function measure({ env }) {
  const serving = await startServing({
    ...{ iface, env },
    artifact: join(packageDir, 'fixtures/classifier.onnx'),
  });
  try {
    const load = seconds =>
      closedLoop({
        ...{ url: serving.inferUrl, body, seconds },
        connections: CONNECTIONS,
        headers: { authorization: `Bearer ${key}` },
      });
    await load(WARM_UP_SECONDS);
    const before = processorTime(serving.pid);
    const result = await load(SECONDS);
    const microseconds = processorTime(serving.pid) - before;
    return {
      ...summarize(result),
      cost: microseconds / result.latencies.length,
    };
  } finally {
    await serving.stop();
  }
}

const results = CASES.map(() => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, item] of CASES.entries()) {
    results[index].push(await measure(item));
  }
}
console.log(
  `The least of ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections, logistic regression of 30 features\n`,
);
console.log('| What | Gateway µs a request | p50 ms | p99 ms | Errors |');
console.log('|---|--:|--:|--:|--:|');
for (const [index, { what }] of CASES.entries()) {
  const best = results[index].reduce((a, b) => (b.cost < a.cost ? b : a));
  const { cost, p50, p99, errors } = best;
  console.log(`| ${what} | ${cost.toFixed(1)} | ${p50} | ${p99} | ${errors} |`);
}
receiver.close();
rmSync(folder, { recursive: true });
