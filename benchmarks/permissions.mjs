#!/usr/bin/env node
// What it costs that not everybody sees every model: lists of 10,000 models as
// people in different roles get them, at the level of the registry's store, on
// SQLite and on PostgreSQL; and the latency of a request to a running portal,
// with and without a question to Backstage's permission framework.
// Prints Markdown tables and removes what it made.
//
//   node benchmarks/permissions.mjs
//
// BENCH_MODELS and BENCH_RUNS change the sizes; BENCH_ONLY (lists or requests)
// takes one of the two.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/lib/paths.mjs';
import { HeadlessBrowser } from '../scripts/lib/signIn/HeadlessBrowser.mjs';
import {
  modelName,
  ownerName,
  seedRegistry,
  shapeOf,
} from './lib/registryContent.mjs';
import { startPostgres, startSqlite } from './lib/registryDatabases.mjs';
import { DatabaseRegistryStore, registry } from './lib/registrySource.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 300);
const MODELS = Number(process.env.BENCH_MODELS ?? 10_000);
const PAGE = 100;
const GRANTS = 200;

const claims = ['user:default/ada', ownerName(7)];
const owned = values => ({ key: 'owner', values });
const granted = subjects => ({ key: 'grant', capability: 'read', subjects });
const filter = criteria => ({ kind: 'filter', criteria });

/** Of whom a list is asked, and which models they may see. */
const VISIBILITIES = {
  'admin: all': { kind: 'all' },
  'engineer of a team (1 in 50)': filter(owned(claims)),
  [`the same, with grants (${GRANTS} in all)`]: filter({
    anyOf: [owned(claims), granted(claims)],
  }),
  'viewer without grants': filter({
    anyOf: [
      owned(['user:default/vera']),
      granted(['user:default/vera', 'group:default/apps']),
    ],
  }),
};

async function timesOf(run, runs = RUNS) {
  const times = [];
  for (let number = 0; number < runs + 20; number++) {
    const start = performance.now();
    await run(number);
    if (number >= 20) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

function row(name, times, more = []) {
  const at = share =>
    `${times[Math.ceil(times.length * share) - 1].toFixed(1)} ms`;
  return `| ${[name, at(0.5), at(0.95), at(0.99), ...more].join(' | ')} |`;
}

async function measureLists({ name, knex }) {
  process.stderr.write(`${name}: seeding …\n`);
  const shape = shapeOf({ models: MODELS, versions: MODELS * 2 });
  await seedRegistry({ knex, shape, registry });
  const at = day => new Date(Date.now() + day * 86_400_000).toISOString();
  for (let index = 0; index < GRANTS; index++) {
    await knex('ml_grants').insert({
      id: `grant-${index}`,
      subject: index % 2 ? claims[0] : `user:default/other-${index}`,
      model: modelName((index * 37) % MODELS),
      capability: 'read',
      reason: 'a benchmark',
      granted_by: 'user:default/bench',
      granted_at: at(0),
      expires_at: at(90),
    });
  }
  const store = new DatabaseRegistryStore({ knex });
  const rows = [];
  for (const [what, visibility] of Object.entries(VISIBILITIES)) {
    const query = { visibility, limit: PAGE };
    const { items } = await store.listModels(query);
    rows.push(
      row(`models, ${what}`, await timesOf(() => store.listModels(query)), [
        items.length,
      ]),
    );
    const found = await store.searchVersions({ ...query, q: 'wine' });
    rows.push(
      row(
        `search of versions, ${what}`,
        await timesOf(() => store.searchVersions({ ...query, q: 'wine' })),
        [found.items.length],
      ),
    );
  }
  return `${name}, ${MODELS} models, first page of ${PAGE}:

| what | p50 | p95 | p99 | items |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return String(port);
}

/** `npm start` in a data folder of its own. */
async function startPortal() {
  const folder = mkdtempSync(join(tmpdir(), 'ml-bench-permissions-'));
  const names = ['', 'PRODUCTION_', 'STAGING_', 'CONTROL_', 'IDENTITY_'];
  const grpc = ['PRODUCTION_GRPC_', 'STAGING_GRPC_'];
  const ports = {};
  for (const name of [...names, ...grpc]) {
    ports[`ML_${name}PORT`] = await freePort();
  }
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: {
      ...process.env,
      ...ports,
      npm_config_user_agent: '',
      ML_DATA_DIR: folder,
      ML_CONFIG: join(folder, 'config.json'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill('SIGINT');
      await once(child, 'close');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  let output = '';
  const isReady = await new Promise(resolve => {
    child.on('close', () => resolve(false));
    child.stderr.on('data', chunk => {
      output += chunk;
      if (output.includes('ML Platform is ready')) resolve(true);
    });
  });
  if (!isReady) {
    await stop();
    throw new Error(`The platform did not start:\n${output}`);
  }
  return { url: `http://localhost:${ports.ML_PORT}`, stop };
}

async function measureRequests({ url }) {
  const tokenOf = async person => {
    const browser = new HeadlessBrowser({ portal: url, person });
    return (await browser.signIn()).backstageIdentity.token;
  };
  const ask = async (token, path, body) => {
    const response = await fetch(`${url}/api/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
  };
  const mei = await tokenOf('mei');
  const olga = await tokenOf('olga');
  const model = 'ml/v1/models/wine-classifier';
  const question = {
    items: [
      {
        id: 'a',
        permission: {
          ...{ type: 'basic', name: 'ml.model.create' },
          attributes: { action: 'create' },
        },
      },
    ],
  };
  const cases = {
    'signed in, nothing asked (whoami)': () => ask(mei, 'ml/v1/whoami'),
    'the permission framework alone': () =>
      ask(mei, 'permission/authorize', question),
    'a model, as admin (allowed)': () => ask(olga, model),
    'a model, as its engineer (conditional)': () => ask(mei, model),
    'all models, as engineer (filtered)': () => ask(mei, 'ml/v1/models'),
  };
  const rows = [];
  for (const [what, run] of Object.entries(cases)) {
    rows.push(row(what, await timesOf(run)));
  }
  return `A running portal, one request after the other:

| request | p50 | p95 | p99 |
| --- | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

async function withThing(start, measure) {
  const thing = await start();
  const interrupted = () => thing.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    console.log(await measure(thing));
  } finally {
    process.removeListener('SIGINT', interrupted);
    await thing.stop();
  }
}

console.log(
  `${cpus().length} × ${cpus()[0].model}, Node ${
    process.version
  }, ${RUNS} runs each\n`,
);
const only = process.env.BENCH_ONLY;
if (only !== 'requests') {
  await withThing(startSqlite, measureLists);
  await withThing(startPostgres, measureLists);
}
if (only !== 'lists') await withThing(startPortal, measureRequests);
