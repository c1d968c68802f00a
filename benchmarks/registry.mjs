#!/usr/bin/env node
// Latency of the registry's own searches and of a registration, at the level of
// its store, with 1,000 models and 100,000 versions on SQLite and on PostgreSQL.
// Prints Markdown tables and removes both databases.
//
//   node benchmarks/registry.mjs
//
// BENCH_MODELS, BENCH_VERSIONS and BENCH_RUNS change the sizes, BENCH_DATABASE
// (sqlite or postgres) takes one of the two, and BENCH_ONLY=lineage measures
// nothing but lineage.
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  modelName,
  ownerName,
  randomNumbers,
  seedRegistry,
  shapeOf,
  someTags,
  versionOf,
} from './lib/registryContent.mjs';
import { lineageMeasures } from './lib/lineageMeasures.mjs';
import { startPostgres, startSqlite } from './lib/registryDatabases.mjs';
import {
  DatabaseRegistryStore,
  registry,
  source,
} from './lib/registrySource.mjs';

const RUNS = Number(process.env.BENCH_RUNS ?? 200);
const PAGE = 100;
// What is slow is measured less often, but 20 times at least.
const MOST_MS = 8000;
const shape = shapeOf({
  models: Number(process.env.BENCH_MODELS ?? 1000),
  versions: Number(process.env.BENCH_VERSIONS ?? 100_000),
});

const pick = (random, count) => Math.floor(random() * count);

/** Each gives the query of one run. */
const SEARCHES = {
  'versions by name text': random => ({
    q: modelName(pick(random, shape.models)),
  }),
  'versions by text of a sixth of the models': () => ({ q: 'wine' }),
  'versions by text that nothing has': () => ({ q: 'no such words' }),
  'versions by three tags': random => ({ tags: someTags(random).slice(0, 3) }),
  'versions by the three commonest tags': () => ({
    tags: ['tag-0', 'tag-1', 'tag-2'],
  }),
  'versions by three tags of which one is unknown': () => ({
    tags: ['tag-0', 'tag-1', 'unknown'],
  }),
  'versions by a metric range': random => ({
    metrics: range('accuracy', random() * 0.9, 0.1),
  }),
  'versions by a narrow metric range': random => ({
    metrics: range('accuracy', random(), 0.0001),
  }),
  'versions by two metrics that exclude each other': () => ({
    metrics: [
      { metric: 'accuracy', operator: '>', value: 0.9 },
      { metric: 'f1', operator: '<', value: 0.1 },
    ],
  }),
  'versions by owner': random => ({
    owner: ownerName(pick(random, shape.models)),
  }),
  'versions by alias': () => ({ alias: 'champion' }),
  'versions by alias of one model': random => ({
    alias: `own-${pick(random, shape.models)}`,
  }),
  'versions live in production': () => ({ liveIn: 'production' }),
  'deleted versions': () => ({ state: 'deleted' }),
  'versions by all of it': random => ({
    q: 'wine',
    tags: someTags(random).slice(0, 1),
    metrics: range('accuracy', 0.5, 0.5),
    liveIn: 'production',
  }),
};

function range(metric, from, width) {
  return [
    { metric, operator: '>=', value: from },
    { metric, operator: '<=', value: from + width },
  ];
}

async function measure(name, run) {
  process.stderr.write(`${name} … `);
  const random = randomNumbers(7);
  const times = [];
  let found = 0;
  await run(random, 0);
  const deadline = performance.now() + MOST_MS;
  for (let number = 1; number <= RUNS; number++) {
    if (number > 20 && performance.now() > deadline) break;
    const start = performance.now();
    const result = await run(random, number);
    times.push(performance.now() - start);
    found += result?.items?.length ?? 0;
  }
  return row(name, times, found / times.length);
}

function row(name, times, found) {
  const sorted = times.sort((a, b) => a - b);
  const at = share =>
    `${sorted[Math.ceil(sorted.length * share) - 1].toFixed(1)} ms`;
  const cells = [name, at(0.5), at(0.95), at(0.99), Math.round(found) || '–'];
  process.stderr.write(`${cells.slice(1, 4).join(', ')}\n`);
  return `| ${cells.join(' | ')} |`;
}

async function walkToPage(store, last) {
  const times = [];
  let cursor;
  let number = 0;
  do {
    const start = performance.now();
    const page = await store.searchVersions({ ...everything, cursor });
    times.push(performance.now() - start);
    cursor = page.nextCursor;
    number += 1;
  } while (cursor && number < last);
  return row(
    `all versions, pages ${Math.max(1, number - 49)} to ${number}`,
    times.slice(-50),
    PAGE,
  );
}

const everything = { visibility: { kind: 'all' }, limit: PAGE };

/** A transaction as the registry makes it, without the audit event. */
async function register(store, model, random, number) {
  const version = versionOf({ model, version: `2.0.${number}`, random });
  await store.transaction(trx =>
    store.insertVersion(
      trx,
      { ...version, state: 'registered' },
      {
        title: model,
        description: version.package.description,
        owner: ownerName(0),
        dependsOn: [],
        tags: [],
      },
    ),
  );
}

async function measureAll({ name, knex }) {
  const begin = performance.now();
  process.stderr.write(`${name}: seeding … `);
  await seedRegistry({ knex, shape, registry });
  process.stderr.write(
    `${((performance.now() - begin) / 1000).toFixed(0)} s\n`,
  );
  const store = new DatabaseRegistryStore({ knex });
  const rows = [];
  for (const [what, run] of Object.entries(
    lineageMeasures({ knex, registryStore: store, shape, source }),
  )) {
    rows.push(await measure(what, run));
  }
  if (process.env.BENCH_ONLY !== 'lineage') {
    rows.push(...(await measureRegistry(store)));
  }
  return `${name}:

| what | p50 | p95 | p99 | items |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

async function measureRegistry(store) {
  const rows = [];
  for (const [what, query] of Object.entries(SEARCHES)) {
    rows.push(
      await measure(what, random =>
        store.searchVersions({ ...everything, ...query(random) }),
      ),
    );
  }
  rows.push(await walkToPage(store, 1000));
  rows.push(
    await measure('models, first page', () => store.listModels(everything)),
    await measure('versions of a model, first page', random =>
      store.listVersions(modelName(pick(random, shape.models)), everything),
    ),
  );
  const { nextCursor } = await deepPage(store);
  rows.push(
    await measure(`versions of the model with ${shape.largest}, page 90`, () =>
      store.listVersions(shape.largestModel, {
        ...everything,
        cursor: nextCursor,
      }),
    ),
  );
  let next = 0;
  rows.push(
    await measure(`register, model with ${shape.each} versions`, random =>
      register(
        store,
        modelName(1 + pick(random, shape.models - 1)),
        random,
        next++,
      ),
    ),
    await measure(`register, model with ${shape.largest} versions`, random =>
      register(store, shape.largestModel, random, next++),
    ),
  );
  return rows;
}

async function deepPage(store) {
  let page = {};
  for (let number = 0; number < 89; number++) {
    page = await store.listVersions(shape.largestModel, {
      ...everything,
      cursor: page.nextCursor,
    });
  }
  return page;
}

const starts = { sqlite: startSqlite, postgres: startPostgres };
const chosen = process.env.BENCH_DATABASE;
console.log(
  `${shape.models} models, ${
    shape.versions
  } versions, pages of ${PAGE}, up to ${RUNS} runs each, ${cpus().length} × ${
    cpus()[0].model
  }, Node ${process.version}\n`,
);
for (const [id, start] of Object.entries(starts)) {
  if (chosen && chosen !== id) continue;
  const database = await start();
  const interrupted = () => database.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    console.log(await measureAll(database));
  } finally {
    process.removeListener('SIGINT', interrupted);
    await database.stop();
  }
}
