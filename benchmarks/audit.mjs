#!/usr/bin/env node
// The audit log at the level of its own code: how many entries a second are
// committed, one a transaction and many in one, how fast they get their places
// in the tree, and how fast all of it is checked. On SQLite and on PostgreSQL,
// in temporary folders with the real schema. Prints a Markdown table.
//
//   node benchmarks/audit.mjs
//
// BENCH_EVENTS changes how many entries are checked (20,000 by default),
// BENCH_SECONDS how long each kind of writing is measured (5 by default).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { loadTypeScript } from './lib/loadTypeScript.mjs';
import { startPostgres, startSqlite } from './lib/registryDatabases.mjs';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 20_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const GROUP = 100;
const WRITERS = 8;

const entry = i => ({
  actor: `user:default/u${i % 50}`,
  action: 'release.deploy',
  resource: `deployment:production/model-${i % 500}`,
  outcome: 'succeeded',
  details: { release: `r-${i}`, version: '1.4.0', strategy: 'canary' },
  requestId: `request-${i}`,
});

/** Entries a second, while so many writers do it for some seconds. */
async function rate(write, writers = 1) {
  const end = performance.now() + SECONDS * 1000;
  const begun = performance.now();
  let count = 0;
  const run = async () => {
    while (performance.now() < end) {
      // Not `count += await …`: others add to it meanwhile.
      const written = await write(count);
      count += written;
    }
  };
  await Promise.all(Array.from({ length: writers }, run));
  return count / ((performance.now() - begun) / 1000);
}

async function measure({ knex }, audit) {
  const key = Buffer.alloc(32, 1);
  const logger = { error: (...text) => console.error(...text) };
  const log = new audit.DatabaseAuditLog({ knex, sealKey: key });
  const one = i => log.record(entry(i)).then(() => 1);
  const group = i =>
    knex
      .transaction(async trx => {
        for (let j = 0; j < GROUP; j += 1) await log.record(entry(i + j), trx);
      })
      .then(() => GROUP);
  const results = {
    each: await rate(one),
    concurrent: await rate(one, WRITERS),
    grouped: await rate(group),
  };

  const [{ count: written }] = await knex('ml_audit_pending').count({
    count: '*',
  });
  const sequencer = new audit.Sequencer({ knex, logger, sealKey: key });
  let begun = performance.now();
  await sequencer.integrate();
  results.sequenced = Number(written) / ((performance.now() - begun) / 1000);

  for (let i = Number(written); i < EVENTS; i += GROUP) await group(i);
  await sequencer.integrate();
  const folder = mkdtempSync(join(tmpdir(), 'ml-bench-audit-'));
  try {
    const signer = new audit.NoteSigner('bench/audit', Buffer.alloc(32, 2));
    const sinks = [new audit.FileSink(join(folder, 'checkpoints.jsonl'))];
    const checkpointer = new audit.Checkpointer({
      ...{ knex, logger, signer, sinks, intervalMs: 60_000 },
    });
    begun = performance.now();
    await checkpointer.checkpoint();
    results.checkpointMs = performance.now() - begun;
    const verification = await new audit.AuditVerifier({
      ...{ knex, sinks, sealKey: key, verifier: signer.verifier },
    }).verify();
    if (verification.findings.length) {
      throw new Error(verification.findings[0].message);
    }
    results.verified = verification.entries / (verification.durationMs / 1000);
    results.entries = verification.entries;
  } finally {
    rmSync(folder, { recursive: true });
  }
  return results;
}

const audit = await loadTypeScript('plugins/ml-backend/src/audit', [
  'DatabaseAuditLog',
  'tree/Sequencer',
  'checkpoints/Checkpointer',
  'checkpoints/FileSink',
  'checkpoints/SignedNote',
  'verification/AuditVerifier',
]);
const columns = [];
for (const start of [startSqlite, startPostgres]) {
  const database = await start();
  try {
    columns.push({
      name: database.name,
      ...(await measure(database, audit)),
    });
  } finally {
    await database.stop();
  }
}
const number = value => Math.round(value).toLocaleString('en-US');
const rows = [
  ['entries/s, a commit each', ({ each }) => number(each)],
  [`the same, ${WRITERS} at once`, ({ concurrent }) => number(concurrent)],
  [`entries/s, ${GROUP} in a commit`, ({ grouped }) => number(grouped)],
  ['entries/s into the tree', ({ sequenced }) => number(sequenced)],
  [
    'sign a checkpoint and write it',
    ({ checkpointMs }) => `${checkpointMs.toFixed(1)} ms`,
  ],
  ['entries/s checked, with seals', ({ verified }) => number(verified)],
  ['entries in the log that was checked', ({ entries }) => number(entries)],
];
console.log(`| What | ${columns.map(({ name }) => name).join(' | ')} |`);
console.log(`| --- | ${columns.map(() => '---:').join(' | ')} |`);
for (const [what, value] of rows) {
  console.log(`| ${what} | ${columns.map(value).join(' | ')} |`);
}
