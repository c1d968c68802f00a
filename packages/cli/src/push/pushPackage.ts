import { MEDIA_TYPES, repositoryOf } from '@ml-platform/plugin-ml-common';
import { ByteProgress } from '../output/ByteProgress';
import { formatBytes, plural } from '../output/format';
import type { Output } from '../output/Output';
import type { BuiltPackage, PackageLayer } from '../packaging';
import { expectUnchanged } from '../packaging/hashFile';
import {
  hasBlob,
  pushSmallBlob,
  readLayer,
  requestWithRetry,
} from './pushBlob';
import { registryError, type RegistryClient } from './RegistryClient';
import { uploadChunks } from './uploadChunks';
import { UploadState } from './UploadState';

const SMALL = 16 * 1024 * 1024;

export interface PushPackageOptions {
  registry: RegistryClient;
  /** Stands before the name of the repository, with its slash. */
  prefix: string;
  built: BuiltPackage;
  output: Output;
  env: NodeJS.ProcessEnv;
  /** Told how far the upload is, for the message after Ctrl-C. */
  onProgress: (done: number, total: number) => void;
}

export interface PushSummary {
  /** Bytes of files that were sent, and of those that were there already. */
  sentBytes: number;
  skippedBytes: number;
}

/** Pushes what the registry does not have yet, and the manifest last. */
export async function pushPackage(
  options: PushPackageOptions,
): Promise<PushSummary> {
  const { registry, built, output } = options;
  const repository = `${options.prefix}${repositoryOf(built.model.name)}`;
  const missing: PackageLayer[] = [];
  const seen = new Set<string>();
  for (const layer of built.layers) {
    if (seen.has(layer.digest)) continue;
    seen.add(layer.digest);
    if (!(await hasBlob(registry, repository, layer.digest))) {
      missing.push(layer);
    }
  }
  const total = missing.reduce((sum, layer) => sum + layer.size, 0);
  const begun = Date.now();
  if (missing.length) await pushLayers(options, repository, missing, total);
  else output.info('The registry has all files already');

  const { config, manifest } = built;
  await pushSmallBlob(
    registry,
    repository,
    {
      name: 'the configuration',
      digest: config.digest,
      size: config.bytes.length,
    },
    () => config.bytes,
  );
  const response = await requestWithRetry(registry, {
    method: 'PUT',
    url: `/v2/${repository}/manifests/${manifest.digest}`,
    headers: { 'content-type': MEDIA_TYPES.ociManifest },
    length: manifest.bytes.length,
    body: () => manifest.bytes,
  });
  if (response.status !== 201) {
    throw registryError('Uploading the manifest failed', response);
  }
  const seconds = Math.max((Date.now() - begun) / 1000, 0.001);
  if (missing.length) {
    output.done(
      `Uploaded ${plural(missing.length, 'file')}, ${formatBytes(
        total,
      )}, at ${formatBytes(total / seconds)}/s`,
    );
  }
  return { sentBytes: total, skippedBytes: built.size - total };
}

async function pushLayers(
  options: PushPackageOptions,
  repository: string,
  layers: readonly PackageLayer[],
  total: number,
) {
  const { output, registry, env, onProgress } = options;
  const progress = new ByteProgress({
    output,
    total,
    label: `Uploading ${plural(layers.length, 'file')}`,
  });
  const show = (bytes: number) => {
    progress.set(bytes);
    onProgress(bytes, total);
  };
  try {
    let before = 0;
    for (const layer of layers) {
      const { digest, size, path } = layer;
      if (size < SMALL) {
        const blob = { name: path, digest, size };
        await pushSmallBlob(registry, repository, blob, readLayer(layer)).catch(
          explainChange(layer),
        );
      } else {
        const base = before;
        let isFirst = true;
        await uploadChunks({
          registry,
          repository,
          layer,
          state: new UploadState({
            ...{ env, repository, digest },
            registry: registry.base,
          }),
          onAcknowledged: bytes => {
            show(base + bytes);
            if (isFirst && bytes) {
              progress.say(
                `Resuming ${path} at ${formatBytes(bytes)} of ${formatBytes(
                  size,
                )}`,
              );
            }
            isFirst = false;
          },
          onRetry: reason =>
            progress.say(`Trying again with ${path}: ${reason}`),
        }).catch(explainChange(layer));
      }
      before += size;
      show(before);
    }
  } finally {
    progress.stop();
  }
}

/** Any failure is better explained by a file that changed meanwhile, if it did. */
function explainChange(layer: PackageLayer) {
  return async (error: unknown): Promise<never> => {
    await expectUnchanged(layer);
    throw error;
  };
}
