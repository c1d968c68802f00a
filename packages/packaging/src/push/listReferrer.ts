import { MEDIA_TYPES, type Descriptor } from '@ml-platform/plugin-ml-common';
import type { Content } from './Content';
import { canonicalJson } from '../package/canonicalJson';
import { requestWithRetry } from './pushBlob';
import { registryError, type RegistryClient } from './RegistryClient';

/** Tag under which registries without the referrers API keep that list (OCI distribution 1.1, "Referrers Tag Schema"). */
export function referrersTag(digest: string): string {
  return digest.replace(':', '-');
}

/** Adds a referrer to the list that clients keep where the registry does not. */
export async function listReferrer(
  registry: RegistryClient,
  repository: string,
  subject: { manifest: { digest: string } },
  referrer: Content,
): Promise<void> {
  const what = 'Listing what belongs to the version failed';
  const url = `/v2/${repository}/manifests/${referrersTag(
    subject.manifest.digest,
  )}`;
  const found = await requestWithRetry(registry, {
    method: 'GET',
    url,
    headers: { accept: MEDIA_TYPES.ociIndex },
  });
  if (![200, 404].includes(found.status)) throw registryError(what, found);
  const listed: Descriptor[] =
    found.status === 200 ? JSON.parse(found.body).manifests ?? [] : [];
  const { digest, bytes } = referrer.manifest;
  if (listed.some(item => item.digest === digest)) return;
  const { annotations } = JSON.parse(bytes.toString('utf8'));
  const index = Buffer.from(
    canonicalJson({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [
        ...listed,
        {
          mediaType: referrer.mediaType,
          artifactType: referrer.artifactType,
          digest,
          size: bytes.length,
          annotations,
        },
      ],
    }),
  );
  const put = await requestWithRetry(registry, {
    method: 'PUT',
    url,
    headers: { 'content-type': MEDIA_TYPES.ociIndex },
    length: index.length,
    body: () => index,
  });
  if (put.status !== 201) throw registryError(what, put);
}
