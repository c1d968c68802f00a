import type { Content } from './Content';
import { requestWithRetry } from './pushBlob';
import {
  registryError,
  type RegistryClient,
  type RegistryResponse,
} from './RegistryClient';

/** Puts a manifest whose blobs the registry has, under its digest or a tag. */
export async function putManifest(
  registry: RegistryClient,
  repository: string,
  { manifest, mediaType }: Content,
  reference = manifest.digest,
): Promise<RegistryResponse> {
  const response = await requestWithRetry(registry, {
    method: 'PUT',
    url: `/v2/${repository}/manifests/${reference}`,
    headers: { 'content-type': mediaType },
    length: manifest.bytes.length,
    body: () => manifest.bytes,
  });
  if (response.status !== 201) {
    throw registryError('Uploading the manifest failed', response);
  }
  return response;
}
