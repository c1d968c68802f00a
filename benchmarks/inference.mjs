#!/usr/bin/env node
// Latency and throughput of predictions through the gateway, against the same
// model called in-process. Prints a Markdown table.
//
//   node benchmarks/inference.mjs
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closedLoop, summarize } from './lib/closedLoop.mjs';
import { buildServer, packageDir, require } from './lib/InferenceServer.mjs';
import { startServing } from './lib/startServing.mjs';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const WARM_UP_SECONDS = 2;

const root = fileURLToPath(new URL('..', import.meta.url));
const ort = require('onnxruntime-node');

buildServer();

/** What is measured: a small model of ours, and an example model as users have it. */
const groups = [
  {
    title: 'logistic regression',
    artifact: join(packageDir, 'fixtures/classifier.onnx'),
    iface: {
      inputs: [tensor('features', 'FP32', [-1, 30])],
      outputs: [tensor('probability', 'FP32', [-1, 1])],
    },
    bodies: [1, 32].map(rows => requestOf(rows, 30)),
  },
];
const example = join(root, 'examples/wine-classifier/model.onnx');
if (existsSync(example)) {
  groups.push({
    title: 'wine-classifier (boosted trees)',
    artifact: example,
    iface: {
      inputs: [tensor('features', 'FP32', [-1, 13])],
      outputs: [
        tensor('label', 'INT64', [-1]),
        tensor('probabilities', 'FP32', [-1, 3]),
      ],
    },
    bodies: [1, 32].map(rows => requestOf(rows, 13)),
  });
}

function tensor(name, datatype, shape) {
  return { name, datatype, shape };
}

function requestOf(rows, columns) {
  const data = Array.from({ length: rows * columns }, (_, i) =>
    Number(Math.sin(i).toFixed(4)),
  );
  return JSON.stringify({
    inputs: [{ ...tensor('features', 'FP32', [rows, columns]), data }],
  });
}

/** The model in this very process: what a prediction costs without any server. */
async function inProcess(artifact, body) {
  const session = await ort.InferenceSession.create(artifact, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const toFeeds = () => {
    const { data, shape } = JSON.parse(body).inputs[0];
    return {
      features: new ort.Tensor('float32', Float32Array.from(data), shape),
    };
  };
  const feeds = toFeeds();
  return [
    {
      how: 'in-process, ready tensors',
      run: seconds => sequential(() => session.run(feeds), seconds),
    },
    {
      how: 'in-process, from and to JSON',
      run: seconds =>
        sequential(async () => {
          const results = await session.run(toFeeds());
          return Object.values(results)
            .map(({ data }) => data.join(','))
            .join();
        }, seconds),
    },
  ];
}

function throughGateway(url, body) {
  return [1, 4, 16].map(connections => ({
    how: 'gateway, REST',
    connections,
    run: seconds => closedLoop({ url, body, connections, seconds }),
  }));
}

async function sequential(once, seconds) {
  const latencies = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  let now = start;
  while (now < end) {
    await once();
    const after = performance.now();
    latencies.push(after - now);
    now = after;
  }
  return { latencies, seconds: (now - start) / 1000, errors: 0 };
}

async function measure({ title, artifact, iface, bodies }) {
  const serving = await startServing({ artifact, iface });
  try {
    for (const body of bodies) {
      const input = JSON.parse(body).inputs[0].shape.join('×');
      for (const { how, connections = '–', run } of [
        ...(await inProcess(artifact, body)),
        ...throughGateway(serving.inferUrl, body),
      ]) {
        await run(WARM_UP_SECONDS);
        const { p50, p95, p99, perSecond, errors } = summarize(
          await run(SECONDS),
        );
        console.log(
          `| ${title} | ${input} | ${how} | ${connections} | ${p50} | ${p95} | ${p99} | ${perSecond} | ${errors} |`,
        );
      }
    }
  } finally {
    await serving.stop();
  }
}

const ortVersion = require('onnxruntime-node/package.json').version;
console.log(
  `${cpus().length} × ${cpus()[0].model.trim()} · Node ${
    process.version
  } · ONNX Runtime ${ortVersion} · ${SECONDS} s a row after ${WARM_UP_SECONDS} s of warm-up, closed loop, load generator on the same machine\n`,
);
console.log(
  '| Model | Input | How | Connections | p50 ms | p95 ms | p99 ms | Requests/s | Errors |',
);
console.log('|---|---|---|--:|--:|--:|--:|--:|--:|');
for (const group of groups) await measure(group);
