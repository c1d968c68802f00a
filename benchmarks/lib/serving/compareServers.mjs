// The same models behind our gateway, behind MLServer, and in-process.
import { InferenceServer } from '../InferenceServer.mjs';
import { AnswerCheck, InProcess } from '../InProcess.mjs';
import { arrive, saturate } from '../load/loops.mjs';
import { Mlserver } from '../Mlserver.mjs';
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

/** Shares of what a server takes at most, for the load that comes at its own times. */
const SHARES = [0.25, 0.5, 0.75];
const VERSION = '1.0.0';

export async function compareServers({ models, sizes, options }) {
  const widths = [...new Set(sizes.map(({ width }) => width))];
  const used = widths.map(models.of);
  const check = new AnswerCheck();
  const verdicts = [];
  printTable('Beside MLServer and in-process', {
    ...{ Input: false, Server: false, Wire: false, Load: false },
    ...{ 'Requests/s': true, 'p50 ms': true, 'p95 ms': true, 'p99 ms': true },
    ...{ 'CPU s / 1,000': true, 'RSS MiB': true, Failed: true },
  });
  const ours = await InferenceServer.start();
  let mlserver;
  try {
    for (const model of used) {
      const { onnx: file, interface: iface, name } = model;
      await ours.load(name, VERSION, { file, iface });
      await ours.route(name, { [VERSION]: 1 }, 1);
    }
    mlserver = await Mlserver.start({
      python: models.python,
      models: used,
      workers: options.mlserverWorkers,
    });
    const servers = [
      { name: 'ours', ...endpoints(ours), output: 'probabilities' },
      { name: 'MLServer', ...endpoints(mlserver), output: 'predict_proba' },
    ];
    for (const size of sizes) {
      const model = models.of(size.width);
      verdicts.push(
        ...(await compareSize({ size, model, servers, check, options })),
      );
    }
  } finally {
    await Promise.all([ours.stop(), mlserver?.stop()]);
  }
  console.log(
    `\n${
      check.compared
    } answers were compared with the model in-process; the largest difference was ${check.largest.toExponential(
      1,
    )}.`,
  );
  printVerdicts(verdicts);
}

function endpoints({ grpcPort, pid, port }) {
  return { pid, grpcPort, target: { port, host: '127.0.0.1' } };
}

async function compareSize({ size, model, servers, check, options }) {
  const { rows, width } = size;
  const features = featuresOf(size);
  const shape = [rows, width];
  const inProcess = await InProcess.load(model.onnx);
  const expected = await inProcess.probabilities(features, shape);
  const input = `${rows}×${width}`;
  const alone = await inProcess.measure(features, shape, options.seconds);
  printMeasure([input, 'in-process', '–', 'one by one'], summarize(alone));
  const verdicts = [];
  for (const wire of options.wires) {
    const makeWire = WIRES[wire];
    const asked = servers
      // It has no binary tensors over REST.
      .filter(({ name }) => name !== 'MLServer' || wire !== 'REST, binary')
      .map(server => {
        const call = { ...server, ...size, features, model: model.name };
        const { open, read, request } = makeWire(call);
        const what = `${server.name}, ${wire}, ${input}`;
        const answers = check.of({ expected, read, what });
        const { connections } = options;
        return { server, load: { open, request, connections, check: answers } };
      });
    const run = (title, send) =>
      runAll({
        ...{ asked, send, seconds: options.seconds },
        cells: [input, wire, title],
      });
    for (const { load } of asked) {
      await saturate({ ...load, seconds: options.warmUpSeconds });
    }
    const full = await run(`closed, ${options.connections}`, saturate);
    for (const share of SHARES) {
      await run(`open, ${share * 100} %`, (load, name) =>
        arrive({ ...load, rate: full[name].perSecond * share }),
      );
    }
    verdicts.push({ input, wire, ...full });
  }
  return verdicts;
}

/** One load on all servers in turns; prints and returns what came of it, by server. */
async function runAll({ asked, cells, seconds, send }) {
  const results = await inTurns(
    asked.map(
      ({ load, server }) =>
        forSeconds =>
          measured(server.pid, () =>
            send({ ...load, seconds: forSeconds }, server.name),
          ),
    ),
    seconds,
  );
  return Object.fromEntries(
    results.map((result, i) => {
      const { name } = asked[i].server;
      const summary = summarize(result);
      printMeasure([cells[0], name, ...cells.slice(1)], summary);
      return [name, summary];
    }),
  );
}

function printMeasure(cells, result) {
  printRow([
    ...cells,
    Math.round(result.perSecond),
    ...[result.p50, result.p95, result.p99].map(ms),
    ms(result.cpuPerThousand),
    Math.round(result.rssMib),
    errorsOf(result),
  ]);
}

/** Goal: three times as many requests, and no higher a p99 with as many callers. */
function printVerdicts(verdicts) {
  printTable('Requests/s at saturation: goal 3 × at no higher p99', {
    ...{ Input: false, Wire: false, Ours: true, MLServer: true },
    ...{ Ratio: true, 'p99 ours': true, 'p99 MLServer': true, Goal: false },
    'MLServer’s CPU by ours': true,
  });
  for (const { input, MLServer: other, ours, wire } of verdicts) {
    if (!other) continue;
    const ratio = ours.perSecond / other.perSecond;
    printRow([
      ...[input, wire, Math.round(ours.perSecond)],
      ...[Math.round(other.perSecond), ratio.toFixed(1)],
      ...[ms(ours.p99), ms(other.p99)],
      ratio >= 3 && ours.p99 <= other.p99 ? 'met' : 'missed',
      (other.cpuPerThousand / ours.cpuPerThousand).toFixed(1),
    ]);
  }
}
