import { type Descriptor, MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { NewReferrer } from '@ml-platform/plugin-ml-node';
import type { ExternalRegistry } from './ExternalRegistry';

/** What the registry has, as its reader tells. */
export interface AttachOptions {
  /** Name of the repository in the registry. */
  repository: string;
  referrer: NewReferrer;
  hasBlob(digest: string): Promise<boolean>;
  /** What clients list under a tag, in registries that do not list referrers. */
  listByTag(subject: string): Promise<Descriptor[]>;
}

/**
 * Pushes an artifact that refers to a manifest, and lists it where the registry
 * does not. Cut off at any point, it can be done again.
 */
export async function attachToManifest(
  registry: ExternalRegistry,
  options: AttachOptions,
): Promise<void> {
  const { referrer, repository } = options;
  const { artifactType, blobs, manifest } = referrer;
  for (const blob of blobs) {
    if (await options.hasBlob(blob.digest)) continue;
    await pushBlob(registry, repository, blob);
  }
  const answer = await putManifest(registry, repository, {
    reference: manifest.digest,
    mediaType: MEDIA_TYPES.ociManifest,
    bytes: manifest.bytes,
  });
  // A registry that says nothing of the subject does not list referrers itself.
  if (answer.headers.get('oci-subject')) return;
  const { annotations, subject } = JSON.parse(manifest.bytes.toString('utf8'));
  const listed = await options.listByTag(subject.digest);
  if (listed.some(({ digest }) => digest === manifest.digest)) return;
  await putManifest(registry, repository, {
    reference: subject.digest.replace(':', '-'),
    mediaType: MEDIA_TYPES.ociIndex,
    bytes: Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPES.ociIndex,
        manifests: [
          ...listed,
          {
            mediaType: MEDIA_TYPES.ociManifest,
            artifactType,
            digest: manifest.digest,
            size: manifest.bytes.length,
            ...(annotations && { annotations }),
          },
        ],
      }),
    ),
  });
}

async function pushBlob(
  registry: ExternalRegistry,
  repository: string,
  { bytes, digest }: { bytes: Buffer; digest: string },
): Promise<void> {
  const started = await send(registry, {
    repository,
    path: 'blobs/uploads/',
    method: 'POST',
  });
  const location = started.headers.get('location');
  if (!location) {
    throw new Error('the registry began an upload without saying where it is');
  }
  const [path, query] = location.split('?');
  const search = new URLSearchParams(query);
  search.set('digest', digest);
  await send(registry, {
    repository,
    path: `${path}?${search}`,
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
  });
}

function putManifest(
  registry: ExternalRegistry,
  repository: string,
  put: { reference: string; mediaType: string; bytes: Buffer },
): Promise<Response> {
  return send(registry, {
    repository,
    path: `manifests/${put.reference}`,
    method: 'PUT',
    headers: { 'content-type': put.mediaType },
    body: put.bytes,
  });
}

async function send(
  registry: ExternalRegistry,
  request: Parameters<ExternalRegistry['request']>[0],
): Promise<Response> {
  const response = await registry.request(request);
  if (!response) {
    throw new Error(`the registry has no repository ${request.repository}`);
  }
  await response.body?.cancel();
  return response;
}
