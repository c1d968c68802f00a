import { Readable } from 'node:stream';
import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import type { NewReferrer } from '@ml-platform/plugin-ml-node';
import type { ArtifactCaller } from '../ArtifactAudit';
import type { EmbeddedArtifactStore } from '../EmbeddedArtifactStore';

/** Stores an artifact that refers to a manifest, as a client that pushes it. */
export async function attachReferrer(
  store: EmbeddedArtifactStore,
  repository: string,
  options: { referrer: NewReferrer; caller: ArtifactCaller },
): Promise<void> {
  const { caller, referrer } = options;
  for (const { bytes, digest } of referrer.blobs) {
    const size = await store.getBlobSize(repository, digest);
    // Told that it is there, it stays until the manifest names it.
    const isThere =
      size !== undefined && (await store.touchBlob(repository, digest));
    if (isThere) continue;
    const id = await store.uploads.start(repository);
    const chunk = { source: Readable.from([bytes]), length: bytes.length };
    await store.uploads.finish(repository, id, { digest, chunk, caller });
  }
  await store.putManifest({
    repository,
    reference: referrer.manifest.digest,
    contentType: MEDIA_TYPES.ociManifest,
    content: referrer.manifest.bytes,
    caller,
  });
}
