#!/usr/bin/env node
// Time and memory to push a large artifact, in one piece and in chunks, to a
// freshly started artifact store; and to a running platform when ML_URL and
// ML_TOKEN name one. Prints a Markdown table.
//
//   node benchmarks/register.mjs
//   ML_URL=http://localhost:7007 ML_TOKEN=… node benchmarks/register.mjs
//
// BENCH_MIB changes the size. A store of its own is removed in the end; in the
// running platform the one blob stays, in the repository benchmarks/artifact.
import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { ensureToolchain } from '../scripts/lib/toolchain.mjs';
import { peakRss, resetPeakRss, rss } from './lib/processMemory.mjs';
import { digestOfContent, randomContent } from './lib/randomContent.mjs';
import { startStore } from './lib/startStore.mjs';

const MIB = 1024 * 1024;
const SIZE = Number(process.env.BENCH_MIB ?? 1024) * MIB;
const CHUNK = 16 * MIB;
const REPOSITORY = 'benchmarks/artifact';

const agent = new Agent({ keepAlive: true });

async function call(store, method, path, { range, expected }) {
  const url = new URL(path, store.url);
  const isHttps = url.protocol === 'https:';
  const request = (isHttps ? httpsRequest : httpRequest)(url, {
    method,
    agent: isHttps ? undefined : agent,
    headers: {
      authorization: `Bearer ${store.token}`,
      'content-type': 'application/octet-stream',
      'content-length': range?.length ?? 0,
      ...(range?.isChunk && {
        'content-range': `${range.start}-${range.start + range.length - 1}`,
      }),
    },
  });
  const answered = new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  if (range) await pipeline(randomContent(range), request);
  else request.end();
  const response = await answered;
  const body = await text(response);
  if (response.statusCode !== expected) {
    throw new Error(`${method} ${path}: ${response.statusCode} ${body}`);
  }
  return response.headers;
}

async function pushInOnePiece(store, digest) {
  await call(
    store,
    'POST',
    `/v2/${REPOSITORY}/blobs/uploads/?digest=${digest}`,
    { range: { start: 0, length: SIZE }, expected: 201 },
  );
}

async function pushInChunks(store, digest) {
  const { location } = await call(
    store,
    'POST',
    `/v2/${REPOSITORY}/blobs/uploads/`,
    { expected: 202 },
  );
  for (let start = 0; start < SIZE; start += CHUNK) {
    const length = Math.min(CHUNK, SIZE - start);
    await call(store, 'PATCH', location, {
      range: { start, length, isChunk: true },
      expected: 202,
    });
  }
  await call(store, 'PUT', `${location}?digest=${digest}`, { expected: 201 });
}

async function pull(store, digest) {
  const response = await fetch(
    new URL(`/v2/${REPOSITORY}/blobs/${digest}`, store.url),
    { headers: { authorization: `Bearer ${store.token}` } },
  );
  let bytes = 0;
  for await (const chunk of response.body) bytes += chunk.length;
  if (bytes !== SIZE) throw new Error(`pulled ${bytes} bytes of ${SIZE}`);
}

async function measure(where, what, store, work) {
  process.stderr.write(`${where}: ${what} …\n`);
  const before = store.pid && rss(store.pid);
  if (store.pid) resetPeakRss(store.pid);
  resetPeakRss(process.pid);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const server = store.pid && peakRss(store.pid);
  const cells = [
    where,
    what,
    `${seconds.toFixed(1)} s`,
    `${(SIZE / 1e6 / seconds).toFixed(0)} MB/s`,
    mebibytes(server),
    mebibytes(server && before && server - before),
    mebibytes(peakRss(process.pid)),
  ];
  return `| ${cells.join(' | ')} |`;
}

function mebibytes(bytes) {
  return bytes === undefined ? '–' : `${Math.round(bytes / MIB)} MiB`;
}

async function measureAll(where, store, digest) {
  return [
    await measure(where, 'push in one piece', store, () =>
      pushInOnePiece(store, digest),
    ),
    await measure(where, `push in chunks of ${CHUNK / MIB} MiB`, store, () =>
      pushInChunks(store, digest),
    ),
    await measure(where, 'pull, verified', store, () => pull(store, digest)),
  ];
}

const { node } = await ensureToolchain({
  logFile: join(tmpdir(), 'ml-bench-toolchain.log'),
});
const digest = await digestOfContent(SIZE);
const rows = [];
const own = await startStore({ node });
process.once('SIGINT', () => own.stop().then(() => process.exit(130)));
try {
  rows.push(...(await measureAll('fresh store', own, digest)));
} finally {
  await own.stop();
}
const { ML_URL, ML_TOKEN } = process.env;
if (ML_URL && ML_TOKEN) {
  const platform = { url: ML_URL, token: ML_TOKEN };
  rows.push(...(await measureAll('running platform', platform, digest)));
}
agent.destroy();

console.log(`An artifact of ${SIZE / MIB} MiB, Node ${process.version}:

| store | what | time | throughput | server peak RSS | above its idle RSS | client peak RSS |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`);
