import { createHash } from 'node:crypto';
import {
  type BlobChunks,
  chunkAverageOf,
  type Descriptor,
  FILEPATH_ANNOTATION,
  listChunks,
  MEDIA_TYPES,
  ociManifestSchema,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import type { Blob } from '../Content';
import type { RegistryClient } from '../RegistryClient';
import { DeltaPlan } from './DeltaPlan';

const chunksSchema = z.object({
  average: z.number(),
  chunks: z.array(z.tuple([z.int().min(1), z.string()])),
});

/** Layers of a manifest that the repository has; none when it is not there. */
export async function layersOf(
  registry: RegistryClient,
  repository: string,
  manifest: string,
): Promise<Descriptor[]> {
  const response = await registry.request({
    method: 'GET',
    url: `/v2/${repository}/manifests/${manifest}`,
    headers: { accept: MEDIA_TYPES.ociManifest },
  });
  if (response.status !== 200) return [];
  return ociManifestSchema.parse(JSON.parse(response.body)).layers;
}

/** The layer that most likely has parts in common with a file: its own last state, or else the largest. */
export function baseOf(
  blob: Blob,
  layers: readonly Descriptor[],
): Descriptor | undefined {
  return (
    layers.find(
      layer => layer.annotations?.[FILEPATH_ANNOTATION] === blob.name,
    ) ?? [...layers].sort((one, other) => other.size - one.size)[0]
  );
}

/**
 * Compares a blob with one that the registry has. Undefined where the registry
 * does not know how, as all but ours, or where they have nothing in common.
 */
export async function planDelta(options: {
  registry: RegistryClient;
  repository: string;
  blob: Blob;
  base: Descriptor;
}): Promise<DeltaPlan | undefined> {
  const { blob, base } = options;
  const average = chunkAverageOf(Math.max(blob.size, base.size));
  // Both sides read a large file for it, at the same time.
  const content = blob.read();
  const [known, wanted] = await Promise.all([
    fetchChunks({ ...options, average }).then(
      chunks => {
        if (!chunks) content.destroy();
        return chunks;
      },
      error => {
        content.destroy();
        throw error;
      },
    ),
    listChunks(content, {
      average,
      sha256: () => createHash('sha256'),
    }).catch(error => {
      if (content.destroyed) return undefined;
      throw error;
    }),
  ]);
  return known && wanted && DeltaPlan.between(base.digest, known, wanted);
}

async function fetchChunks(options: {
  registry: RegistryClient;
  repository: string;
  base: Descriptor;
  average: number;
}): Promise<BlobChunks | undefined> {
  const { registry, repository, base, average } = options;
  const response = await registry.request({
    method: 'GET',
    url: `/v2/${repository}/_ml/chunks/${base.digest}?average=${average}`,
  });
  if (response.status !== 200) return undefined;
  return chunksSchema.parse(JSON.parse(response.body));
}
