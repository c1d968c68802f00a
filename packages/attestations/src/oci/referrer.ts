import { createHash } from 'node:crypto';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { BUNDLE_MEDIA_TYPE } from '../bundle/bundle';

const EMPTY = Buffer.from('{}');
const EMPTY_MEDIA_TYPE = 'application/vnd.oci.empty.v1+json';

/**
 * Annotations that say what a bundle in a registry is, as Sigstore's own tools write them.
 * @public
 */
export const BUNDLE_ANNOTATIONS = {
  content: 'dev.sigstore.bundle.content',
  predicateType: 'dev.sigstore.bundle.predicateType',
} as const;

/** @public */
export interface ReferrerBlob {
  digest: string;
  bytes: Buffer;
}

/**
 * An artifact that says something of a manifest.
 * @public
 */
export interface Referrer {
  artifactType: string;
  manifest: ReferrerBlob;
  blobs: ReferrerBlob[];
}

/**
 * Makes the manifest of an artifact that refers to another (OCI image spec 1.1,
 * "Guidelines for Artifact Usage").
 * @public
 */
export function buildReferrer(options: {
  subject: { mediaType: string; digest: string; size: number };
  artifactType: string;
  content: Buffer;
  annotations?: Record<string, string>;
}): Referrer {
  const { annotations, artifactType, content, subject } = options;
  const layer = blob(content);
  const config = blob(EMPTY);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      artifactType,
      config: {
        mediaType: EMPTY_MEDIA_TYPE,
        digest: config.digest,
        size: EMPTY.length,
      },
      layers: [
        {
          mediaType: artifactType,
          digest: layer.digest,
          size: content.length,
        },
      ],
      subject: {
        mediaType: subject.mediaType,
        digest: subject.digest,
        size: subject.size,
      },
      ...(annotations && { annotations }),
    }),
  );
  return { artifactType, manifest: blob(manifest), blobs: [layer, config] };
}

/**
 * Makes the artifact that a signature or attestation is attached as.
 * @public
 */
export function bundleReferrer(options: {
  subject: { mediaType: string; digest: string; size: number };
  bundle: Buffer;
  predicateType: string;
  createdAt: Date;
}): Referrer {
  const { bundle, createdAt, predicateType, subject } = options;
  return buildReferrer({
    subject,
    artifactType: BUNDLE_MEDIA_TYPE,
    content: bundle,
    annotations: {
      [BUNDLE_ANNOTATIONS.content]: 'dsse-envelope',
      [BUNDLE_ANNOTATIONS.predicateType]: predicateType,
      'org.opencontainers.image.created': createdAt.toISOString(),
    },
  });
}

function blob(bytes: Buffer): ReferrerBlob {
  return {
    bytes,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
  };
}
