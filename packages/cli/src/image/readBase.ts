import { buffer } from 'node:stream/consumers';
import { type Descriptor, MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { CliError } from '../errors/CliError';
import { type Blob } from '@ml-platform/packaging';
import type { ContentSource, StoredManifest } from '../oci/ContentSource';
import { DOCKER_TYPES, ociLayerType } from '../oci/dockerTypes';
import { parseManifest } from '../oci/readContent';
import { verified } from '../oci/verified';
import { Readable } from 'node:stream';
import {
  type ImageConfig,
  imageConfigSchema,
  SERVER_LABEL,
} from './imageConfig';

const MAX_CONFIG = 4 * 1024 * 1024;

/** An image that has the inference server in it. */
export interface BaseImage {
  /** Where it was found, for people. */
  place: string;
  digest: string;
  config: ImageConfig;
  layers: Array<{ mediaType: string; blob: Blob }>;
}

/**
 * Reads a base image; of one for several platforms, the part for the platform.
 * @param platform - as in Docker: `linux/amd64`
 */
export async function readBase(
  source: ContentSource,
  reference: string | undefined,
  platform: string,
): Promise<BaseImage> {
  const stored = await pickPlatform(
    source,
    await source.getManifest(reference),
    platform,
  );
  const manifest = parseManifest(source, stored);
  const { place } = source;
  const layers = manifest.layers.map(layer => {
    const mediaType = ociLayerType(layer.mediaType);
    if (!mediaType) {
      throw unusable(
        place,
        `its layer ${layer.digest} is of type ${layer.mediaType}, which is no layer of an image`,
      );
    }
    return {
      mediaType,
      blob: source.getBlob('a layer of the base image', layer),
    };
  });
  const config = await readConfig(source, manifest.config);
  if (`${config.os}/${config.architecture}` !== platform) {
    throw unusable(
      place,
      `it is for ${config.os}/${config.architecture}, and ${platform} is wanted`,
      'Name another base with --base, or its platform with --platform.',
    );
  }
  if (config.rootfs.diff_ids.length !== layers.length) {
    throw unusable(
      place,
      'its configuration and its manifest list different layers',
    );
  }
  if (
    !config.config?.Labels?.[SERVER_LABEL] ||
    !config.config.Entrypoint?.length
  ) {
    throw unusable(
      place,
      `it has no inference server: the label ${SERVER_LABEL} and an entrypoint would say so`,
      'Make one with: node scripts/baseImage.mjs --out base-image',
    );
  }
  return { place, digest: stored.digest, config, layers };
}

async function pickPlatform(
  source: ContentSource,
  stored: StoredManifest,
  platform: string,
): Promise<StoredManifest> {
  const value = JSON.parse(stored.bytes.toString('utf8'));
  const mediaType = value.mediaType ?? stored.mediaType;
  if (mediaType !== MEDIA_TYPES.ociIndex && mediaType !== DOCKER_TYPES.list) {
    return stored;
  }
  const listed = value.manifests as Array<
    Descriptor & { platform?: { os: string; architecture: string } }
  >;
  const named = listed.map(item => ({
    item,
    name: item.platform
      ? `${item.platform.os}/${item.platform.architecture}`
      : 'unknown',
  }));
  const found = named.find(({ name }) => name === platform);
  if (found) return source.getManifest(found.item);
  throw unusable(
    source.place,
    `it is not there for ${platform}, but for ${named
      .map(({ name }) => name)
      .join(', ')}`,
    'Name one of these with --platform.',
  );
}

async function readConfig(
  source: ContentSource,
  descriptor: Descriptor,
): Promise<ImageConfig> {
  if (descriptor.size > MAX_CONFIG) {
    throw unusable(source.place, 'its configuration is too large');
  }
  const blob = source.getBlob(
    'the configuration of the base image',
    descriptor,
  );
  const bytes = await buffer(Readable.from(verified(blob)));
  const parsed = imageConfigSchema.safeParse(
    JSON.parse(bytes.toString('utf8')),
  );
  if (parsed.success) return parsed.data;
  throw unusable(source.place, 'its configuration is not that of an image');
}

function unusable(place: string, why: string, hint?: string): CliError {
  return new CliError({
    code: 'BASE_UNUSABLE',
    message: `${place} cannot be the base image: ${why}`,
    hint,
  });
}
