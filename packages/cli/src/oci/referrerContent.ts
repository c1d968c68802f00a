import type { Referrer } from '@ml-platform/attestations';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { type Content, madeBlob } from '@ml-platform/packaging';

/** An artifact that says something of a version, as what is pushed. */
export function referrerContent(name: string, referrer: Referrer): Content {
  return {
    manifest: referrer.manifest,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: referrer.artifactType,
    blobs: referrer.blobs.map(blob => madeBlob(name, blob)),
    referrers: [],
  };
}
