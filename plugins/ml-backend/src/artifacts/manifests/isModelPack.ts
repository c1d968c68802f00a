import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';

/** Whether a manifest is that of a model version. */
export function isModelPack(content: Buffer): boolean {
  const { artifactType, config } = JSON.parse(content.toString('utf8'));
  return (
    artifactType === MEDIA_TYPES.modelManifest ||
    config?.mediaType === MEDIA_TYPES.modelConfig
  );
}
