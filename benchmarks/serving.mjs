#!/usr/bin/env node
// Serving beside MLServer and in-process; what the gateway, a canary and a mirror
// cost; and whether callers notice changes of routes and upgrades of the server.
//
//   node benchmarks/serving.mjs --quick
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { buildServer, require } from './lib/InferenceServer.mjs';
import { compareServers } from './lib/serving/compareServers.mjs';
import { measureChanges } from './lib/serving/measureChanges.mjs';
import { measureFeatures } from './lib/serving/measureFeatures.mjs';
import { prepareModels } from './lib/servingModels.mjs';

const USAGE = `node benchmarks/serving.mjs [options]

  --quick               a second a row, and few changes
  --seconds N           for each row (default 5)
  --connections N       callers at a time (default 16)
  --sizes A,B           inputs, rows×columns (default 1x4,1x30,32x30,1x1000)
  --wires A,B           beside MLServer (default json,binary,grpc)
  --parts A,B           servers, features, changes (default all)
  --mlserver-workers N  processes for models beside MLServer's own (default 0)
  --changes N           of routes (default 500)
  --requests N          meanwhile at the least, up to 100000 (default 10000)
  --change-seconds N    that these two take at the most (default 300)
  --upgrades N          of the server (default 3)
  --help                print this`;

const PARTS = {
  servers: compareServers,
  features: measureFeatures,
  changes: measureChanges,
};
/** As options name the encodings. */
const WIRE_NAMES = { json: 'REST, JSON', binary: 'REST, binary', grpc: 'gRPC' };
const WIDTHS = [4, 30, 1000];
const text = { type: 'string' };

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...{ seconds: text, connections: text, sizes: text, parts: text },
      wires: text,
      ...{ 'mlserver-workers': text, changes: text, requests: text },
      ...{ 'change-seconds': text, upgrades: text },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const number = (name, [usual, quick], most, least = 1) => {
    const given = values[name];
    const value = Number(given ?? (values.quick ? quick : usual));
    if (Number.isInteger(value) && value >= least && value <= most) {
      return value;
    }
    return refuse(
      `--${name}: '${given}' is not a whole number from ${least} to ${most}`,
    );
  };
  const list = (name, fallback) => (values[name] ?? fallback).split(',');
  const parts = list('parts', Object.keys(PARTS).join());
  for (const part of parts) {
    if (!PARTS[part]) refuse(`--parts: '${part}' is none of them`);
  }
  const wires = list('wires', Object.keys(WIRE_NAMES).join());
  for (const wire of wires) {
    if (!WIRE_NAMES[wire]) refuse(`--wires: '${wire}' is none of them`);
  }
  return {
    parts,
    wires: wires.map(wire => WIRE_NAMES[wire]),
    sizes: list('sizes', '1x4,1x30,32x30,1x1000').map(readSize),
    seconds: number('seconds', [5, 1], 600),
    warmUpSeconds: values.quick ? 1 : 8,
    connections: number('connections', [16, 16], 256),
    mlserverWorkers: number('mlserver-workers', [0, 0], 16, 0),
    changes: number('changes', [500, 50], 100_000),
    requests: number('requests', [10_000, 1_000], 100_000),
    changeSeconds: number('change-seconds', [300, 30], 3_600),
    upgrades: number('upgrades', [3, 1], 100),
  };
}

function readSize(size) {
  const [rows, width] = size.split(/[x×]/).map(Number);
  if (rows >= 1 && rows <= 1_000 && WIDTHS.includes(width)) {
    return { rows, width };
  }
  return refuse(
    `--sizes: '${size}' is not rows x columns, with ${WIDTHS.join(
      ', ',
    )} columns`,
  );
}

function refuse(problem) {
  console.error(`${problem}\n\n${USAGE}`);
  return process.exit(2);
}

function conditions(python, { connections, seconds }) {
  const mlserver = execFileSync(
    python,
    ['-c', 'from importlib.metadata import version as v; print(v("mlserver"))'],
    { encoding: 'utf8' },
  ).trim();
  const ort = require('onnxruntime-node/package.json').version;
  return [
    `${cpus().length} × ${cpus()[0].model.trim()}`,
    `load average ${loadavg()
      .map(load => load.toFixed(1))
      .join(' ')} before`,
    `Node ${process.version}`,
    `ONNX Runtime ${ort}`,
    `MLServer ${mlserver}`,
    `${seconds} s a row, ${connections} connections, load generator on the same machine`,
  ].join(' · ');
}

// What was started ends with this process, also when somebody ends it.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(130));
}
const options = readOptions();
buildServer();
const models = await prepareModels();
console.log(conditions(models.python, options));
for (const part of options.parts) {
  await PARTS[part]({ models, sizes: options.sizes, options });
}
console.log(`\nLoad average after: ${loadavg()[0].toFixed(1)}`);
