/**
 * Pushes one file as `ml register` does, without a portal: as a process of its
 * own, for tests that kill it, and for the benchmark. What to do comes as JSON,
 * how it goes is told by messages.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import {
  canonicalJson,
  digestOf,
  fileBlob,
  hashFile,
  madeBlob,
  pushContent,
  RegistryClient,
} from '@ml-platform/packaging';
import {
  FILEPATH_ANNOTATION,
  MEDIA_TYPES,
} from '@ml-platform/plugin-ml-common';
import type { PushJob, PushMessage } from './PushProcess';

const sockets: Socket[] = [];
subscribe('net.client.socket', message =>
  sockets.push((message as { socket: Socket }).socket),
);

function tell(message: PushMessage): void {
  process.send?.(message);
}

function measured() {
  const status = readFileSync('/proc/self/status', 'utf8');
  return {
    wireBytes: sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0),
    peakRss: Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024,
  };
}

function made(value: unknown) {
  const bytes = Buffer.from(canonicalJson(value));
  return { bytes, digest: digestOf(bytes) };
}

async function push(job: PushJob): Promise<void> {
  const name = basename(job.file);
  const file = await hashFile({ path: name, absolutePath: job.file, size: 0 });
  const config = made({});
  const manifest = made({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: 'application/vnd.ml-platform.test.v1+json',
    config: {
      mediaType: MEDIA_TYPES.modelConfig,
      digest: config.digest,
      size: config.bytes.length,
    },
    layers: [
      {
        mediaType: MEDIA_TYPES.weight,
        digest: file.digest,
        size: file.size,
        annotations: { [FILEPATH_ANNOTATION]: name },
      },
    ],
  });
  const registry = new RegistryClient({
    base: job.base,
    authorization: job.token && `Bearer ${job.token}`,
  });
  const { sentBytes } = await pushContent({
    ...{ registry, repository: job.repository },
    content: {
      manifest,
      mediaType: MEDIA_TYPES.ociManifest,
      blobs: [
        fileBlob(name, job.file, file),
        madeBlob('the configuration', config),
      ],
      referrers: [],
    },
    env: { XDG_CACHE_HOME: job.cache },
    findPrevious: async () => job.previous,
    onProgress: done => tell({ kind: 'progress', done, ...measured() }),
    reporter: {
      info: () => undefined,
      done: text => tell({ kind: 'said', text }),
      progress: () => ({
        set: () => undefined,
        say: text => tell({ kind: 'said', text }),
        stop: () => undefined,
      }),
    },
  });
  registry.close();
  const { digest } = file;
  tell({
    ...{ kind: 'end', digest, sentBytes, manifest: manifest.digest },
    ...measured(),
  });
}

push(JSON.parse(process.argv[2]))
  .catch(error => tell({ kind: 'failed', message: String(error.stack) }))
  .finally(() => process.disconnect?.());
