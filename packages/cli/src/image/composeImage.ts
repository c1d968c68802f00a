import { MEDIA_TYPES, type ModelFile } from '@ml-platform/plugin-ml-common';
import {
  type Blob,
  canonicalJson,
  type Content,
  digestOf,
  type MadeBlob,
  madeBlob,
} from '@ml-platform/packaging';
import { verified } from '../oci/verified';
import { type ImageConfig, VERSION_LABEL } from './imageConfig';
import type { BaseImage } from './readBase';
import { type SpooledLayer, spoolLayer } from './spoolLayer';

/** Port that the image serves on. */
export const IMAGE_PORT = 8080;

const OCI_PREFIX = 'org.opencontainers.image.';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** The version that an image serves. */
export interface ImageModel {
  file: ModelFile;
  /** Digest of the version's manifest. */
  digest: string;
  /** When it was registered, ISO 8601. */
  createdAt?: string;
  /** Its package. */
  content: Content;
}

/**
 * A runnable image: the layers of the base, one more with the model, and a
 * configuration that has the base's server serve it.
 *
 * @remarks
 * Only what serving needs goes in, `model.yaml`, the card and the artifact: evaluation
 * data stays where it is. Layers of the base keep their digests, so that
 * registries and nodes hold them once.
 */
export async function composeImage(options: {
  base: BaseImage;
  model: ImageModel;
  /** Folder for the layer. */
  folder: string;
  onBytes: (count: number) => void;
}): Promise<Content> {
  const { base, model, folder, onBytes } = options;
  const { name } = model.file;
  const layer = await spoolLayer({
    name: 'the model layer',
    folder,
    // Weights hardly shrink, and uncompressed the digest is the same everywhere.
    compress: false,
    entries: servedBlobs(model).map(blob => ({
      path: `models/${name}/${blob.name}`,
      type: 'file' as const,
      mode: 0o644,
      size: blob.size,
      read: () => verified(blob, onBytes),
    })),
  });
  const annotations = annotationsOf(model, base);
  return makeImage({
    annotations,
    layers: [...base.layers, layer],
    config: configOf(model, base, layer, annotations),
  });
}

/** What of a package goes into an image. */
export function servedBlobs({ file, content }: ImageModel): Blob[] {
  const wanted = ['model.yaml', 'card.yaml', file.artifact];
  return content.blobs.filter(({ name }) => wanted.includes(name));
}

/** An image of layers and a configuration. */
export function makeImage(options: {
  annotations?: Record<string, string>;
  layers: ReadonlyArray<{ mediaType: string; blob: Blob }>;
  config: ImageConfig;
}): Content {
  const { annotations, layers } = options;
  const config = made(options.config);
  const manifest = made({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: {
      mediaType: CONFIG_TYPE,
      digest: config.digest,
      size: config.bytes.length,
    },
    layers: layers.map(({ mediaType, blob: { digest, size } }) => ({
      mediaType,
      digest,
      size,
    })),
    annotations,
  });
  return {
    manifest,
    mediaType: MEDIA_TYPES.ociManifest,
    blobs: [
      ...layers.map(({ blob }) => blob),
      madeBlob('the configuration', config),
    ],
    referrers: [],
  };
}

function configOf(
  { file, createdAt }: ImageModel,
  { config: base }: BaseImage,
  layer: SpooledLayer,
  labels: Record<string, string>,
): ImageConfig {
  const env = {
    ML_MODEL_DIR: `/models/${file.name}`,
    ML_HOST: '0.0.0.0',
    ML_PORT: String(IMAGE_PORT),
  };
  const kept = (base.config?.Env ?? []).filter(
    line => !(line.split('=')[0] in env),
  );
  const { Cmd: _, ...own } = base.config ?? {};
  return {
    ...base,
    created: createdAt,
    config: {
      ...own,
      Env: [
        ...kept,
        ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ],
      ExposedPorts: { [`${IMAGE_PORT}/tcp`]: {} },
      // What the base says of itself, its licence for one, is not so of this image.
      Labels: {
        ...Object.fromEntries(
          Object.entries(base.config?.Labels ?? {}).filter(
            ([name]) => !name.startsWith(OCI_PREFIX),
          ),
        ),
        ...labels,
      },
      StopSignal: 'SIGTERM',
    },
    rootfs: {
      type: 'layers',
      diff_ids: [...base.rootfs.diff_ids, layer.diffId],
    },
    history: [
      ...(base.history ?? base.rootfs.diff_ids.map(() => ({}))),
      {
        ...(createdAt && { created: createdAt }),
        created_by: `ml export ${file.name}@${file.version}`,
      },
    ],
  };
}

function annotationsOf(
  { file, digest, createdAt }: ImageModel,
  base: BaseImage,
): Record<string, string> {
  const code = file.lineage?.code;
  const key = (name: string) => `${OCI_PREFIX}${name}`;
  const values = {
    [key('title')]: file.title ?? file.name,
    [key('description')]: file.description,
    [key('version')]: file.version,
    [key('authors')]: file.owner,
    [key('source')]: code?.repository,
    [key('revision')]: code?.commit,
    [key('created')]: createdAt,
    [key('base.digest')]: base.digest,
    [VERSION_LABEL]: digest,
  };
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

function made(value: unknown): MadeBlob {
  const bytes = Buffer.from(canonicalJson(value));
  return { bytes, digest: digestOf(bytes) };
}
