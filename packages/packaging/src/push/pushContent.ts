import type { Descriptor } from '@ml-platform/plugin-ml-common';
import { formatBytes, plural } from '../text/format';
import type { PushProgress, PushReporter } from './PushReporter';
import { type Blob, type Content, distinctBlobs } from './Content';
import { baseOf, layersOf, planDelta } from './delta/planDelta';
import type { DeltaPlan } from './delta/DeltaPlan';
import { hasBlob, mountBlob, pushSmallBlob } from './pushBlob';
import { putReferrer } from './attachReferrer';
import { putManifest } from './putManifest';
import type { RegistryClient } from './RegistryClient';
import { uploadChunks } from './uploadChunks';
import { UploadState } from './UploadState';

const SMALL = 16 * 1024 * 1024;

export interface PushContentOptions {
  registry: RegistryClient;
  repository: string;
  content: Content;
  /** Tag that the manifest gets; without one it is found by digest only. */
  tag?: string;
  reporter: PushReporter;
  env: NodeJS.ProcessEnv;
  /**
   * Finds a manifest of the repository whose files may have parts in common with
   * these; asked only when a large file has to be sent.
   */
  findPrevious?: () => Promise<string | undefined>;
  /** Told how far the upload is, for the message after Ctrl-C. */
  onProgress?: (done: number, total: number) => void;
}

export interface PushSummary {
  /** Bytes of blobs that were sent, and of those that did not need to be. */
  sentBytes: number;
  skippedBytes: number;
}

/** Pushes what the registry does not have yet, and the manifests last. */
export async function pushContent(
  options: PushContentOptions,
): Promise<PushSummary> {
  const { content, reporter, registry, repository } = options;
  const blobs = distinctBlobs(content);
  const missing: Blob[] = [];
  for (const blob of blobs) {
    if (await hasBlob(registry, repository, blob.digest)) continue;
    const isHere = blob.at && sameRegistry(blob.at.base, registry.base);
    const mounted =
      isHere &&
      (await mountBlob(registry, repository, {
        digest: blob.digest,
        from: blob.at!.repository,
      }));
    if (!mounted) missing.push(blob);
  }
  const sum = (list: Blob[]) =>
    list.reduce((bytes, { size }) => bytes + size, 0);
  const total = sum(missing);
  const begun = Date.now();
  let sentBytes = 0;
  if (missing.length) sentBytes = await pushBlobs(options, missing, total);
  else reporter.info('The registry has all files already');

  await putManifest(registry, repository, content, options.tag);
  for (const referrer of content.referrers) {
    await putReferrer(registry, repository, content, referrer);
  }
  const seconds = Math.max((Date.now() - begun) / 1000, 0.001);
  if (missing.length) {
    const files = plural(missing.length, 'file');
    reporter.done(
      sentBytes < total
        ? `Uploaded ${files}: sent ${formatBytes(sentBytes)} of ${formatBytes(
            total,
          )}, the rest was there already`
        : `Uploaded ${files}, ${formatBytes(total)}, at ${formatBytes(
            total / seconds,
          )}/s`,
    );
  }
  return { sentBytes, skippedBytes: sum(blobs) - sentBytes };
}

function sameRegistry(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}

async function pushBlobs(
  options: PushContentOptions,
  blobs: readonly Blob[],
  total: number,
): Promise<number> {
  const { onProgress, reporter } = options;
  const progress = reporter.progress({
    total,
    label: `Uploading ${plural(blobs.length, 'file')}`,
  });
  const show = (bytes: number) => {
    progress.set(bytes);
    onProgress?.(bytes, total);
  };
  try {
    let before = 0;
    let sent = 0;
    const layers = previousLayers(options);
    for (const blob of blobs) {
      const base = before;
      sent += await pushBlob({ ...options, layers }, blob, progress, bytes =>
        show(base + bytes),
      ).catch(async error => {
        await blob.explain?.();
        throw error;
      });
      before += blob.size;
      show(before);
    }
    return sent;
  } finally {
    progress.stop();
  }
}

type LayersSource = () => Promise<Descriptor[]>;

/** Looked up once, and only when somebody needs them. */
function previousLayers(options: PushContentOptions): LayersSource {
  const { findPrevious, registry, repository } = options;
  let layers: Promise<Descriptor[]> | undefined;
  const find = async () => {
    const previous = await findPrevious?.();
    return previous ? layersOf(registry, repository, previous) : [];
  };
  return () => {
    layers ??= find();
    return layers;
  };
}

/** @returns how many bytes of the blob were sent */
async function pushBlob(
  options: PushContentOptions & { layers: LayersSource },
  blob: Blob,
  progress: PushProgress,
  onAcknowledged: (bytes: number) => void,
): Promise<number> {
  const { registry, repository, env } = options;
  const { digest, size, name } = blob;
  if (size < SMALL) {
    await pushSmallBlob(registry, repository, blob);
    return size;
  }
  let isFirst = true;
  let sent = 0;
  await uploadChunks({
    registry,
    repository,
    layer: blob,
    delta: await findDelta(options, blob, progress),
    state: new UploadState({
      ...{ env, repository, digest },
      registry: registry.base,
    }),
    onAcknowledged: bytes => {
      onAcknowledged(bytes);
      if (isFirst && bytes) {
        const place = `${formatBytes(bytes)} of ${formatBytes(size)}`;
        progress.say(`Resuming ${name} at ${place}`);
      }
      isFirst = false;
    },
    onSent: bytes => {
      sent += bytes;
    },
    onRetry: reason => progress.say(`Trying again with ${name}: ${reason}`),
  });
  return sent;
}

/** What the registry can take over. Not to know it costs no more than bytes that are sent. */
async function findDelta(
  options: PushContentOptions & { layers: LayersSource },
  blob: Blob,
  progress: PushProgress,
): Promise<DeltaPlan | undefined> {
  try {
    const base = baseOf(blob, await options.layers());
    return base && (await planDelta({ ...options, blob, base }));
  } catch (error) {
    const reason = (error as Error).message;
    progress.say(`All of ${blob.name} is sent: ${reason}`);
    return undefined;
  }
}
