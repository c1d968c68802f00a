import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { canonicalJson, type Content } from '@ml-platform/packaging';

/** How content is written as an image layout. */
export interface WriteLayoutOptions {
  content: Content;
  tag: string;
  target: string;
  onBytes: (count: number) => void;
}

/** The two small files of an image layout, by name. */
export function layoutFiles(
  content: Content,
  tag: string,
): Array<{ path: string; bytes: Buffer }> {
  const manifests = [content, ...content.referrers].map(
    ({ artifactType, manifest, mediaType }, index) => ({
      mediaType,
      ...(artifactType && { artifactType }),
      digest: manifest.digest,
      size: manifest.bytes.length,
      // Referrers are found by their subject, and need no name.
      ...(index === 0 && {
        annotations: { 'org.opencontainers.image.ref.name': tag },
      }),
    }),
  );
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociIndex,
    manifests,
  };
  return [
    { path: 'index.json', bytes: Buffer.from(canonicalJson(index)) },
    {
      path: 'oci-layout',
      bytes: Buffer.from(canonicalJson({ imageLayoutVersion: '1.0.0' })),
    },
  ];
}

/** Path of a blob in an image layout. */
export function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
