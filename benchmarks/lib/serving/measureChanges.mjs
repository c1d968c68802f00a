// Changes of routes and upgrades of the server, under load that must not notice.
import { InferenceServer } from '../InferenceServer.mjs';
import { featuresOf, WIRES } from '../wires.mjs';
import { errorsOf, ms, printRow, printTable, summarize } from './measures.mjs';

const MODEL = 'changing';
const VERSIONS = ['1.0.0', '1.1.0'];
const SIZE = { rows: 1, width: 30 };
/** A change that nobody sees for so long is not coming. */
const VISIBLE_MS = 10_000;

export async function measureChanges({ models, options }) {
  const model = models.of(SIZE.width);
  const server = await InferenceServer.start({ words: ['supervise'] });
  try {
    for (const version of VERSIONS) {
      await server.load(MODEL, version, {
        file: model.onnx,
        iface: model.interface,
      });
    }
    await server.route(MODEL, { [VERSIONS[0]]: 1 }, 1);
    const call = WIRES['REST, JSON']({
      ...SIZE,
      features: featuresOf(SIZE),
      target: { port: server.port, host: '127.0.0.1' },
      output: 'probabilities',
      model: MODEL,
    });
    printTable('Changes under load: goal 0 failed', {
      ...{ What: false, Times: true, 'p50 ms': true, 'p99 ms': true },
      ...{ 'Requests meanwhile': true, Failed: true },
      ...{ 'Their p50 ms': true, 'Their p99 ms': true, 'Longest ms': true },
    });
    const routes = routeChanges(server, call);
    await report('routes, without other requests', {
      call,
      options: { ...options, connections: 0 },
      change: routes({ ...options, requests: 0 }),
    });
    await report('routes, under load', {
      call,
      options,
      change: routes(options),
    });
    await report('upgrade of the server, under load', {
      call,
      options,
      change: async times => {
        for (let i = 0; i < options.upgrades; i += 1) {
          const start = performance.now();
          await server.upgrade();
          times.push(performance.now() - start);
        }
      },
    });
  } finally {
    await server.stop();
  }
}

/** Goes on until both the changes and the requests are as many as was asked for. */
function routeChanges(server, call) {
  let generation = 1;
  return options => async (times, traffic) => {
    const probe = call.open();
    const end = Date.now() + options.changeSeconds * 1000;
    const isEnough = () =>
      times.length >= options.changes && traffic.count >= options.requests;
    while (!isEnough() && Date.now() < end) {
      generation += 1;
      const version = VERSIONS[(generation - 1) % VERSIONS.length];
      const start = performance.now();
      const changed = server.route(MODEL, { [version]: 1 }, generation);
      await untilSeen(probe, call, version, start);
      times.push(performance.now() - start);
      await changed;
    }
    probe.close();
    if (!isEnough()) {
      console.error(
        `after ${options.changeSeconds} s: ${times.length} of ${options.changes} changes, ${traffic.count} of ${options.requests} requests`,
      );
    }
  };
}

async function untilSeen(probe, { request }, version, start) {
  for (;;) {
    const { head, ok } = await probe.send(request);
    if (ok && /x-ml-version: *(\S+)/i.exec(head)[1] === version) return;
    if (performance.now() - start > VISIBLE_MS) {
      throw new Error(`routes to ${version} are not in force: ${head}`);
    }
  }
}

async function report(what, { call, change, options }) {
  const times = [];
  const traffic = startTraffic(call, options.connections);
  try {
    await change(times, traffic);
  } finally {
    await traffic.stop();
  }
  const changes = summarize({ latencies: times, errors: 0 });
  const requests = summarize(traffic);
  printRow([
    ...[what, times.length, ms(changes.p50), ms(changes.p99)],
    ...[requests.count, errorsOf(requests)],
    ...[requests.p50, requests.p99, requests.max].map(ms),
  ]);
}

/** Requests without a pause, until it is stopped. */
function startTraffic({ open, request }, connections) {
  const traffic = { latencies: [], errors: 0, reasons: new Set(), count: 0 };
  let isOn = true;
  const one = async () => {
    const connection = open();
    while (isOn) {
      const start = performance.now();
      const { head, ok } = await connection.send(request);
      traffic.latencies.push(performance.now() - start);
      traffic.count += 1;
      if (ok) continue;
      traffic.errors += 1;
      traffic.reasons.add(head.split('\r\n')[0]);
    }
    connection.close();
  };
  const all = Array.from({ length: connections }, one);
  traffic.stop = () => {
    isOn = false;
    return Promise.all(all);
  };
  return traffic;
}
