import {
  chunkAverageOf,
  DELTA_BASE_HEADER,
  DELTA_MEDIA_TYPE,
  isChunkAverage,
  mlArtifactPullPermission,
} from '@ml-platform/plugin-ml-common';
import { applyDelta } from '../delta/applyDelta';
import { OciError } from '../OciError';
import { checkDigest } from '../references';
import type { UploadChunk } from '../uploads/ArtifactUploads';
import { type ArtifactRequest, queryParameter } from './ArtifactRequest';
import { blobUnknown } from './blobHandlers';
import { toDeltaRange } from './contentRange';

/** Lists the chunks of a blob, so that a client can send what it lacks. */
export async function listBlobChunks(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference, res } = request;
  const digest = checkDigest(reference);
  // Who asks is about to copy from it.
  const size = (await store.touchBlob(repository, digest))
    ? await store.getBlobSize(repository, digest)
    : undefined;
  if (size === undefined) throw blobUnknown(request);
  const asked = queryParameter(request, 'average');
  const average = asked === undefined ? chunkAverageOf(size) : Number(asked);
  if (!isChunkAverage(average) || average < chunkAverageOf(size) / 4) {
    throw new OciError({
      status: 400,
      code: 'SIZE_INVALID',
      message: `average: must be a power of two from ${
        chunkAverageOf(size) / 4
      } (and 65536 at least) to 16777216 for this blob of ${size} bytes`,
    });
  }
  const list = await store.listChunks(repository, digest, average);
  if (!list) throw blobUnknown(request);
  res.set({ ETag: `"${digest}-${average}"` });
  res.status(200).json(list);
}

export function isDelta({ req }: ArtifactRequest): boolean {
  return req.header('content-type') === DELTA_MEDIA_TYPE;
}

/** Makes of a difference the bytes that it stands for, as the chunk of an upload. */
export async function toDeltaChunk(
  request: ArtifactRequest,
): Promise<UploadChunk> {
  const { req, store, repository, may } = request;
  const digest = checkDigest(req.header(DELTA_BASE_HEADER));
  if (!(await may(mlArtifactPullPermission))) {
    throw new OciError({
      status: 403,
      code: 'DENIED',
      message: `taking bytes over from a blob needs the permission ${mlArtifactPullPermission.name}; ask a platform admin for it, or send them all`,
      detail: { permission: mlArtifactPullPermission.name },
    });
  }
  const range = toDeltaRange(req);
  const base = await store.openDeltaBase(repository, digest);
  if (!base) throw blobUnknown({ repository, reference: digest });
  return {
    ...range,
    source: applyDelta(req, { base, isGone: () => req.socket.destroyed }),
  };
}
