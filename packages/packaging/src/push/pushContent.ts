import { formatBytes, plural } from '../text/format';
import type { PushProgress, PushReporter } from './PushReporter';
import { type Blob, type Content, distinctBlobs } from './Content';
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
  /** Told how far the upload is, for the message after Ctrl-C. */
  onProgress?: (done: number, total: number) => void;
}

export interface PushSummary {
  /** Bytes of blobs that were sent, and of those that were there already. */
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
  if (missing.length) await pushBlobs(options, missing, total);
  else reporter.info('The registry has all files already');

  await putManifest(registry, repository, content, options.tag);
  for (const referrer of content.referrers) {
    await putReferrer(registry, repository, content, referrer);
  }
  const seconds = Math.max((Date.now() - begun) / 1000, 0.001);
  if (missing.length) {
    reporter.done(
      `Uploaded ${plural(missing.length, 'file')}, ${formatBytes(
        total,
      )}, at ${formatBytes(total / seconds)}/s`,
    );
  }
  return { sentBytes: total, skippedBytes: sum(blobs) - total };
}

function sameRegistry(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}

async function pushBlobs(
  options: PushContentOptions,
  blobs: readonly Blob[],
  total: number,
) {
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
    for (const blob of blobs) {
      const base = before;
      await pushBlob(options, blob, progress, bytes =>
        show(base + bytes),
      ).catch(async error => {
        await blob.explain?.();
        throw error;
      });
      before += blob.size;
      show(before);
    }
  } finally {
    progress.stop();
  }
}

async function pushBlob(
  { registry, repository, env }: PushContentOptions,
  blob: Blob,
  progress: PushProgress,
  onAcknowledged: (bytes: number) => void,
) {
  const { digest, size, name } = blob;
  if (size < SMALL) {
    await pushSmallBlob(registry, repository, blob);
    return;
  }
  let isFirst = true;
  await uploadChunks({
    registry,
    repository,
    layer: blob,
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
    onRetry: reason => progress.say(`Trying again with ${name}: ${reason}`),
  });
}
