// What the gateway adds to a worker, alone and while it splits and copies requests.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceServer, routesTo } from '../InferenceServer.mjs';
import { AnswerCheck, InProcess } from '../InProcess.mjs';
import { arrive, saturate } from '../load/loops.mjs';
import { loadTypeScript } from '../loadTypeScript.mjs';
import { featuresOf, WIRES } from '../wires.mjs';
import {
  errorsOf,
  inTurns,
  measured,
  ms,
  printRow,
  printTable,
  summarize,
} from './measures.mjs';

const [STABLE, NEXT] = ['1.0.0', '1.1.0'];
/** Of what the gateway takes at most. */
const LOW = 0.1;
const HALF = 0.5;
const HOUR_MS = 3_600_000;
const SIZE = { rows: 1, width: 30 };
const WIRE = 'REST, JSON';

export async function measureFeatures({ models, options }) {
  const model = models.of(SIZE.width);
  const features = featuresOf(SIZE);
  const shape = [SIZE.rows, SIZE.width];
  const inProcess = await InProcess.load(model.onnx);
  const expected = await inProcess.probabilities(features, shape);
  const check = new AnswerCheck();
  const server = await InferenceServer.start();
  const capturing = await InferenceServer.start({
    env: { ML_CAPTURE_PERCENT: '100' },
  });
  const targetOf = ({ port }) => ({ port, host: '127.0.0.1' });
  const target = targetOf(server);
  const loadOf = call => {
    const all = { ...SIZE, features, output: 'probabilities', ...call };
    const { open, read, request } = WIRES[WIRE](all);
    return {
      ...{ open, request, connections: options.connections },
      seconds: options.seconds,
      check: check.of({ expected, read, what: call.model }),
    };
  };
  const accept = async (to, name, ...versions) => {
    for (const version of versions) {
      await to.load(name, version, {
        file: model.onnx,
        iface: model.interface,
      });
    }
    await to.route(name, { [STABLE]: 1 }, 1);
  };
  try {
    await accept(server, 'plain', STABLE);
    // The only worker so far has the only socket.
    const worker = loadOf({
      target: { path: socketIn(server.dataDir) },
      path: '/',
      model: 'plain',
    });
    const plain = loadOf({ target, model: 'plain' });
    await accept(server, 'canary', STABLE, NEXT);
    await accept(server, 'shadow', STABLE, NEXT);
    await accept(capturing, 'plain', STABLE);
    const captured = loadOf({ target: targetOf(capturing), model: 'plain' });
    const { pid } = server;
    const ways = [
      { how: 'worker alone', load: worker, pid },
      { how: 'gateway', load: plain, pid },
      {
        how: 'gateway, canary of 5 %',
        load: loadOf({ target, model: 'canary' }),
        pid,
      },
      {
        how: 'gateway, all mirrored',
        load: loadOf({ target, model: 'shadow' }),
        pid,
      },
      { how: 'gateway, all captured', load: captured, pid: capturing.pid },
    ];
    for (const { load } of ways) {
      await saturate({ ...load, seconds: options.warmUpSeconds });
    }
    await release(server, 'canary', {
      steps: [5, 100].map(weight => ({ weight, holdMs: HOUR_MS })),
    });
    await release(server, 'shadow', {
      strategy: 'shadow',
      steps: [{ weight: 100, holdMs: HOUR_MS }],
      mirror: {
        ...{ percent: 100, holdMs: HOUR_MS, minRequests: 1_000 },
        ...{ maxErrorRate: 1, tolerance: 1e-5, afterwards: 'end' },
      },
    });
    const full = summarize(await saturate(plain));
    await printSameLoad({ ways, rate: full.perSecond * LOW, options });
    await printHalfLoad({ ways, options });
    console.log(
      '\nGoals of the gateway: less than 1 ms more at p50, less than 20 ms at p99.',
    );
  } finally {
    await Promise.all([server.stop(), capturing.stop()]);
  }
}

const COLUMNS = {
  ...{ 'p50 ms': true, 'p95 ms': true, 'p99 ms': true },
  ...{ 'CPU s / 1,000': true, Failed: true },
  ...{ 'p50 above worker': true, 'p99 above worker': true },
};

/** All ways in turns, with as many requests. */
async function printSameLoad({ ways, rate, options }) {
  printTable(
    `What the gateway adds at ${Math.round(rate)} requests/s, ${SIZE.rows}×${
      SIZE.width
    }, ${WIRE}`,
    { How: false, ...COLUMNS },
  );
  const results = await atRate(ways, rate, options.seconds);
  for (const [i, result] of results.entries()) {
    printRow([ways[i].how, ...cellsOf(result, i && results[0])]);
  }
}

/** Each way with half of what it takes, in turns with the worker alone. */
async function printHalfLoad({ ways, options }) {
  printTable(`What the gateway adds at half of what it takes, ${WIRE}`, {
    ...{ How: false, 'At most': true, 'Requests/s': true },
    ...COLUMNS,
  });
  const [alone, ...rest] = ways;
  for (const way of rest) {
    const { perSecond } = summarize(await saturate(way.load));
    const rate = perSecond * HALF;
    const [base, result] = await atRate([alone, way], rate, options.seconds);
    printRow([
      ...[way.how, Math.round(perSecond), Math.round(rate)],
      ...cellsOf(result, base),
    ]);
  }
}

async function atRate(ways, rate, forSeconds) {
  const results = await inTurns(
    ways.map(
      ({ load, pid }) =>
        seconds =>
          measured(pid, () => arrive({ ...load, rate, seconds })),
    ),
    forSeconds,
  );
  return results.map(summarize);
}

function cellsOf(result, base) {
  return [
    ...[result.p50, result.p95, result.p99, result.cpuPerThousand].map(ms),
    errorsOf(result),
    ...['p50', 'p99'].map(name =>
      base ? (result[name] - base[name]).toFixed(2) : '–',
    ),
  ];
}

/** Begins a rollout that stays where it begins. */
async function release(server, model, changes) {
  const { DEFAULT_JUDGE_SETTINGS } = await loadTypeScript(
    'plugins/ml-common/src/judge',
    ['judge'],
  );
  await server.control('PUT', `${model}/rollout`, {
    id: `to ${NEXT}`,
    stable: STABLE,
    canary: NEXT,
    stableRoutes: routesTo({ [STABLE]: 1 }, 2),
    canaryRoutes: routesTo({ [NEXT]: 1 }, 2),
    judge: { ...DEFAULT_JUDGE_SETTINGS, steps: changes.steps.length },
    tickMs: 10_000,
    clientCap: 65_535,
    insufficientEvidence: 'extend',
    maxStepMs: 2 * HOUR_MS,
    ...changes,
  });
}

function socketIn(dataDir) {
  const run = join(dataDir, 'run');
  const sockets = readdirSync(run, { recursive: true }).filter(name =>
    name.endsWith('.sock'),
  );
  if (sockets.length !== 1) throw new Error(`sockets: ${sockets.join()}`);
  return join(run, sockets[0]);
}
