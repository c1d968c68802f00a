import {
  FILEPATH_ANNOTATION,
  MEDIA_TYPES,
  type Descriptor,
  type ModelFile,
} from '@ml-platform/plugin-ml-common';
import { canonicalJson } from './canonicalJson';
import { digestOf, type HashedFile } from './hashFile';
import { mediaTypeOf } from './mediaTypeOf';

/** A small blob that is made rather than read from the package. */
export interface MadeBlob {
  digest: string;
  bytes: Buffer;
}

/** @public */
export interface PackageLayer extends HashedFile {
  mediaType: string;
}

export interface BuiltManifest {
  manifest: MadeBlob;
  config: MadeBlob;
  layers: PackageLayer[];
}

/**
 * Describes the files as a CNCF ModelPack manifest. Holds no time and sorts
 * everything, so the same files always give the same digest.
 */
export function buildManifest(
  model: ModelFile,
  files: readonly HashedFile[],
): BuiltManifest {
  const layers = files.map(file => ({
    ...file,
    mediaType: mediaTypeOf(file.path, model),
  }));
  const config = made({
    descriptor: {
      name: model.name,
      version: model.version,
      title: model.title ?? model.name,
      description: model.description,
      authors: [model.owner],
      ...(model.lineage?.code?.repository && {
        sourceURL: model.lineage.code.repository,
      }),
      ...(model.lineage?.code?.commit && {
        revision: model.lineage.code.commit,
      }),
    },
    config: { format: model.format },
    modelfs: { type: 'layers', diffIds: layers.map(layer => layer.digest) },
  });
  const manifest = made({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: MEDIA_TYPES.modelManifest,
    config: {
      mediaType: MEDIA_TYPES.modelConfig,
      digest: config.digest,
      size: config.bytes.length,
    },
    layers: layers.map(
      (layer): Descriptor => ({
        mediaType: layer.mediaType,
        digest: layer.digest,
        size: layer.size,
        annotations: { [FILEPATH_ANNOTATION]: layer.path },
      }),
    ),
    annotations: {
      'org.opencontainers.image.title': model.name,
      'org.opencontainers.image.version': model.version,
    },
  });
  return { manifest, config, layers };
}

function made(value: unknown): MadeBlob {
  const bytes = Buffer.from(canonicalJson(value));
  return { bytes, digest: digestOf(bytes) };
}
