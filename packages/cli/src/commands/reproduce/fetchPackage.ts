import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  FILEPATH_ANNOTATION,
  MEDIA_TYPES,
  ociManifestSchema,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { type Check, compareDigests } from './Check';
import { download, DownloadRefused } from './download';
import { isInside } from './safePath';

/** A manifest is small; more than this is none. */
const MAX_MANIFEST = 8 * 1024 * 1024;

/**
 * Fetches the package of a version, and checks the manifest and every file
 * against their digests.
 * @returns one check of the manifest, and one of each file that is not as it was
 */
export async function fetchPackage(options: {
  version: Version;
  /** Base URL of the registry. */
  registry: string;
  fetch: typeof fetch;
  /** Where the files go. */
  directory: string;
}): Promise<Check[]> {
  const { directory, registry, version } = options;
  const base = `${registry}/v2/${version.repository}`;
  const about = (
    subject: string,
    found: Pick<Check, 'state' | 'detail'>,
  ): Check => ({ what: 'artifact', subject, ...found });
  const manifest = `manifest of ${version.model}@${version.version}`;

  let bytes: Buffer;
  try {
    const response = await options.fetch(
      `${base}/manifests/${version.digest}`,
      { headers: { accept: MEDIA_TYPES.ociManifest } },
    );
    if (!response.ok) throw new DownloadRefused(response.status);
    bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length > MAX_MANIFEST) throw new Error('it is absurdly long');
  } catch (error) {
    return [about(manifest, { state: 'missing', detail: messageOf(error) })];
  }
  const found = compareDigests(
    version.digest,
    `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  );
  const checks = [about(manifest, found)];
  if (found.state !== 'matches') return checks;

  for (const layer of ociManifestSchema.parse(JSON.parse(bytes.toString()))
    .layers) {
    const path = layer.annotations?.[FILEPATH_ANNOTATION];
    if (!path || !isInside(path)) {
      const detail = 'has a path that leads out of the package';
      checks.push(about(String(path), { state: 'unchecked', detail }));
      continue;
    }
    try {
      const digest = await download({
        url: `${base}/blobs/${layer.digest}`,
        file: join(directory, path),
        fetch: options.fetch,
      });
      const same = compareDigests(layer.digest, digest);
      // The manifest's own row stands for all that are as they were, but the model itself is told.
      if (same.state !== 'matches' || path === version.package.artifact) {
        checks.push(about(path, same));
      }
    } catch (error) {
      const detail = messageOf(error);
      checks.push(about(path, { state: 'missing', detail }));
    }
  }
  return checks;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
