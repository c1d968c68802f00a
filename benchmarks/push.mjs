#!/usr/bin/env node
// Time, bytes on the wire and peak memory of a push, by the code of `ml register`:
// a large file for the first time, again with 1 % changed, and killed at 50 % and
// begun again; to the artifact store, and to docker-registry beside it. Then many
// small versions, one after the other. Prints Markdown tables.
//
//   node benchmarks/push.mjs
//
// BENCH_MIB changes the size (1024), BENCH_VERSIONS the number of small versions
// (200). docker-registry is the Debian package of that name.
import { createCipheriv } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { root } from '../scripts/lib/paths.mjs';
import { ensureToolchain } from '../scripts/lib/toolchain.mjs';
import { peakRss, resetPeakRss } from './lib/processMemory.mjs';
import { randomContent } from './lib/randomContent.mjs';
import { startDockerRegistry } from './lib/startDockerRegistry.mjs';
import { startStore } from './lib/startStore.mjs';

const MIB = 1024 * 1024;
const SIZE = Number(process.env.BENCH_MIB ?? 1024) * MIB;
const VERSIONS = Number(process.env.BENCH_VERSIONS ?? 200);
const REPOSITORY = 'models/benchmark';
/** Places that change: 1 % of the file in all. */
const CHANGES = 16;

const { node } = await ensureToolchain({
  logFile: join(tmpdir(), 'ml-bench-toolchain.log'),
});
const require = createRequire(join(root, 'package.json'));
require('@backstage/cli-node/config/nodeTransform.cjs');
const { PushProcess } = require(join(
  root,
  'plugins/ml-backend/src/artifacts/__testUtils__/PushProcess.ts',
));
const {
  canonicalJson,
  digestOf,
  madeBlob,
  pushContent,
  RegistryClient,
} = require('@ml-platform/packaging');

const folder = mkdtempSync(join(tmpdir(), 'ml-bench-push-'));
const file = join(folder, 'model.bin');

/** Other bytes in as many places; each call changes others. */
async function change(round) {
  const cipher = createCipheriv(
    'aes-128-ctr',
    Buffer.alloc(16, round),
    Buffer.alloc(16),
  );
  const handle = await open(file, 'r+');
  const length = Math.floor(SIZE / 100 / CHANGES);
  for (let index = 0; index < CHANGES; index++) {
    const place = Math.floor(((index + round / 10) * SIZE) / CHANGES);
    await handle.write(cipher.update(Buffer.alloc(length)), 0, length, place);
  }
  await handle.close();
}

function begin(registry, previous, onProgress) {
  return new PushProcess(
    {
      base: registry.url,
      token: registry.token,
      repository: REPOSITORY,
      file,
      cache: join(folder, registry.name),
      previous,
    },
    onProgress,
  );
}

async function measure(registry, what, push) {
  process.stderr.write(`${registry.name}: ${what} …\n`);
  resetPeakRss(registry.pid);
  const start = performance.now();
  const ends = await push();
  const seconds = (performance.now() - start) / 1000;
  const sum = ends.reduce((bytes, end) => bytes + end.wireBytes, 0);
  const client = Math.max(...ends.map(end => end.peakRss));
  const cells = [
    what,
    registry.name,
    `${seconds.toFixed(1)} s`,
    mebibytes(sum),
    mebibytes(client),
    mebibytes(peakRss(registry.pid)),
  ];
  return { manifest: ends.at(-1).manifest, row: `| ${cells.join(' | ')} |` };
}

async function killedAndResumed(registry) {
  let isKilled = false;
  const killed = begin(registry, undefined, done => {
    if (done < SIZE / 2 || isKilled) return;
    isKilled = true;
    killed.kill();
  });
  await killed.end();
  const { wireBytes, peakRss: most } = killed.last;
  const resumed = await begin(registry).end();
  return [{ wireBytes, peakRss: most }, resumed];
}

/** Milliseconds that a version of one small file takes, one after the other. */
async function smallVersions({ url, token, name }) {
  process.stderr.write(`${name}: ${VERSIONS} small versions …\n`);
  const registry = new RegistryClient({
    base: url,
    authorization: token && `Bearer ${token}`,
  });
  const made = bytes => ({ bytes, digest: digestOf(bytes) });
  const config = made(Buffer.from('{}'));
  const times = [];
  for (let number = 0; number < VERSIONS; number++) {
    const layer = made(Buffer.from(`weights of version ${number}`));
    const describe = (mediaType, { bytes, digest }) => ({
      ...{ mediaType, digest },
      size: bytes.length,
    });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const start = performance.now();
    await pushContent({
      registry,
      repository: 'models/small',
      tag: `1.0.${number}`,
      content: {
        mediaType,
        manifest: made(
          Buffer.from(
            canonicalJson({
              schemaVersion: 2,
              mediaType,
              config: describe(
                'application/vnd.cncf.model.config.v1+json',
                config,
              ),
              layers: [
                describe('application/vnd.cncf.model.weight.v1.raw', layer),
              ],
            }),
          ),
        ),
        blobs: [madeBlob('model', layer), madeBlob('config', config)],
        referrers: [],
      },
      env: { XDG_CACHE_HOME: folder },
      reporter: silent,
    });
    times.push(performance.now() - start);
  }
  registry.close();
  times.sort((a, b) => a - b);
  const at = share =>
    `${times[Math.ceil(times.length * share) - 1].toFixed(1)} ms`;
  return `| ${name} | ${at(0.5)} | ${at(0.95)} |`;
}

const silent = {
  info: () => {},
  done: () => {},
  progress: () => ({ set: () => {}, say: () => {}, stop: () => {} }),
};

function mebibytes(bytes) {
  return bytes === undefined ? '–' : `${(bytes / MIB).toFixed(0)} MiB`;
}

const registries = [];
const stopAll = async () => {
  for (const { stop } of registries) await stop();
  rmSync(folder, { recursive: true, force: true });
};
process.once('SIGINT', () => stopAll().then(() => process.exit(130)));
const rows = [];
const small = [];
try {
  registries.push({ name: 'ML Platform', ...(await startStore({ node })) });
  registries.push({
    name: 'docker-registry',
    ...(await startDockerRegistry()),
  });
  await pipeline(
    randomContent({ start: 0, length: SIZE }),
    createWriteStream(file),
  );
  const pushed = new Map();
  for (const registry of registries) {
    const { manifest, row } = await measure(registry, 'cold', async () => [
      await begin(registry).end(),
    ]);
    pushed.set(registry, manifest);
    rows.push(row);
  }
  await change(1);
  for (const registry of registries) {
    const { row } = await measure(registry, '1 % changed', async () => [
      await begin(registry, pushed.get(registry)).end(),
    ]);
    rows.push(row);
  }
  await change(2);
  for (const registry of registries) {
    const { row } = await measure(registry, 'killed at 50 %, resumed', () =>
      killedAndResumed(registry),
    );
    rows.push(row);
  }
  for (const registry of registries) small.push(await smallVersions(registry));
} finally {
  await stopAll();
}

console.log(`A file of ${SIZE / MIB} MiB, ${cpus().length} × ${
  cpus()[0].model
}, load ${loadavg()[0].toFixed(1)}, Node ${process.version}:

| push | to | time | sent | client peak RSS | server peak RSS |
| --- | --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}

${VERSIONS} versions of one small file, blobs, manifest and tag:

| to | p50 | p95 |
| --- | ---: | ---: |
${small.join('\n')}`);
