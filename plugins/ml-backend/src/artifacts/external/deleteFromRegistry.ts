import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { StoredManifest } from '@ml-platform/plugin-ml-node';
import { isDigest, splitDigest } from '../digests';
import type { ExternalRegistry } from './ExternalRegistry';

export interface DeletionOptions {
  /** Name of the repository in the registry. */
  repository: string;
  digest: string;
  read(reference: string): Promise<StoredManifest | undefined>;
  /** Whether a manifest must not be deleted, whatever names it. */
  mustStay(digest: string): Promise<boolean>;
}

/**
 * Deletes a manifest, which takes its tags away too, after all that refers to
 * it: signatures, attestations. What is not there counts as deleted.
 * @returns digests of what was deleted
 */
export async function deleteFromRegistry(
  registry: ExternalRegistry,
  options: DeletionOptions,
): Promise<string[]> {
  const { repository, digest, read, mustStay } = options;
  const deleted: string[] = [];
  const list = await read(fallbackTag(digest));
  const candidates = [
    ...(await listReferrers(registry, repository, digest)),
    ...digestsIn(list?.bytes),
  ];
  for (const referrer of new Set(candidates)) {
    // Anybody who may push can write the list: look at the manifest itself.
    const manifest = await read(referrer);
    if (!manifest || subjectOf(manifest.bytes) !== digest) continue;
    if (await mustStay(referrer)) continue;
    deleted.push(
      ...(await deleteFromRegistry(registry, { ...options, digest: referrer })),
    );
  }
  // The list goes after those that it names, so that a next attempt finds them.
  if (
    list?.mediaType === MEDIA_TYPES.ociIndex &&
    !(await mustStay(list.digest)) &&
    (await deleteOne(registry, repository, list.digest))
  ) {
    deleted.push(list.digest);
  }
  if (await deleteOne(registry, repository, digest)) deleted.push(digest);
  return deleted;
}

/** Where clients list referrers in registries that do not do it themselves. */
function fallbackTag(digest: string): string {
  const { algorithm, hex } = splitDigest(digest);
  return `${algorithm}-${hex}`;
}

async function listReferrers(
  registry: ExternalRegistry,
  repository: string,
  digest: string,
): Promise<string[]> {
  const path = `referrers/${digest}`;
  const response = await registry.request({ repository, path });
  return response ? digestsIn(Buffer.from(await response.arrayBuffer())) : [];
}

async function deleteOne(
  registry: ExternalRegistry,
  repository: string,
  digest: string,
): Promise<boolean> {
  const path = `manifests/${digest}`;
  const response = await registry.request({
    repository,
    path,
    method: 'DELETE',
  });
  await response?.body?.cancel();
  return response !== undefined;
}

function digestsIn(bytes: Buffer | undefined): string[] {
  const { manifests } = parse(bytes) as { manifests?: unknown };
  return Array.isArray(manifests)
    ? manifests.map(entry => String(entry?.digest)).filter(isDigest)
    : [];
}

function subjectOf(bytes: Buffer): unknown {
  return (parse(bytes) as { subject?: { digest?: unknown } }).subject?.digest;
}

function parse(bytes: Buffer | undefined): object {
  try {
    return bytes ? JSON.parse(bytes.toString('utf8')) ?? {} : {};
  } catch {
    return {};
  }
}
