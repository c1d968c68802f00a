import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { RegistryClient } from './RegistryClient';

/** Pushes config and weight of a small model. @returns its manifest, not yet pushed */
export async function pushModelPackBlobs(
  client: RegistryClient,
  repository: string,
  weight: string | Buffer = 'weights',
) {
  const config = await client.pushBlob(repository, '{"descriptor":{}}');
  const layer = await client.pushBlob(repository, weight);
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: MEDIA_TYPES.modelManifest,
    config: { mediaType: MEDIA_TYPES.modelConfig, ...config },
    layers: [
      {
        mediaType: MEDIA_TYPES.weight,
        ...layer,
        annotations: { 'org.cncf.model.filepath': 'model.onnx' },
      },
    ],
  };
}
