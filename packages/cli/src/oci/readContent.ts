import {
  type Descriptor,
  FILEPATH_ANNOTATION,
  type OciManifest,
  ociManifestSchema,
} from '@ml-platform/plugin-ml-common';
import { CliError } from '../errors/CliError';
import type { Content } from '@ml-platform/packaging';
import type { ContentSource, StoredManifest } from './ContentSource';
import type { RegistrySource } from './RegistrySource';

const MAX_REFERRERS = 1_000;

/** Describes a stored manifest with its blobs, whose bytes stay where they are. */
export function readContent(
  source: ContentSource,
  { bytes, digest, mediaType }: StoredManifest,
): Content {
  const manifest = parseManifest(source, { bytes, digest, mediaType });
  return {
    manifest: { bytes, digest },
    mediaType: manifest.mediaType ?? mediaType,
    artifactType: manifest.artifactType,
    blobs: [
      ...manifest.layers.map(layer => source.getBlob(nameOf(layer), layer)),
      source.getBlob('the configuration', manifest.config),
    ],
    referrers: [],
  };
}

export function parseManifest(
  { place }: ContentSource,
  { bytes, digest }: StoredManifest,
): OciManifest {
  try {
    return ociManifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new CliError({
      code: 'MANIFEST_UNUSABLE',
      message: `${digest} in ${place} is not an OCI image manifest`,
    });
  }
}

/** What belongs to a manifest: evaluations, signatures, bills of materials, and what belongs to these. */
export async function readReferrers(
  source: RegistrySource,
  digest: string,
): Promise<Content[]> {
  const found = new Map<string, Content>();
  const open = [digest];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const descriptor of await source.listReferrers(next)) {
      if (found.has(descriptor.digest)) continue;
      if (found.size === MAX_REFERRERS) {
        throw new CliError({
          code: 'TOO_MANY_REFERRERS',
          message: `More than ${MAX_REFERRERS} artifacts belong to ${digest}`,
          hint: 'Export without --referrers.',
        });
      }
      const stored = await source.getManifest(descriptor);
      found.set(descriptor.digest, readContent(source, stored));
      open.push(descriptor.digest);
    }
  }
  return [...found.values()];
}

function nameOf({ annotations, digest }: Descriptor): string {
  return (
    annotations?.[FILEPATH_ANNOTATION] ??
    annotations?.['org.opencontainers.image.title'] ??
    digest.slice(0, 19)
  );
}
