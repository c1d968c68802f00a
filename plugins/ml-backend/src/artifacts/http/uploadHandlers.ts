import {
  DELTA_MEDIA_TYPE,
  mlArtifactPullPermission,
} from '@ml-platform/plugin-ml-common';
import { OciError } from '../OciError';
import { isDigest } from '../digests';
import { checkDigest, checkRepository } from '../references';
import { type ArtifactRequest, queryParameter } from './ArtifactRequest';
import { toUploadChunk } from './contentRange';
import { isDelta, toDeltaChunk } from './deltaHandlers';

// A client that went away without a word must not hold its upload for long.
const IDLE_MS = 60_000;

/** Starts an upload, mounts a blob, or takes a blob in one piece. */
export async function startUpload(request: ArtifactRequest): Promise<void> {
  const { store, repository, caller, res } = request;
  const mount = queryParameter(request, 'mount');
  const from = queryParameter(request, 'from');
  if (mount && isDigest(mount)) {
    if (from !== undefined) checkRepository(from);
    // Without a source, it would be taken from wherever somebody has it.
    const mayRead =
      from === undefined
        ? await request.mayReadAll()
        : await request.may(mlArtifactPullPermission, from);
    const mounted =
      mayRead &&
      (await store.mountBlob({ from, repository, digest: mount, caller }));
    if (mounted) {
      sendCreated(request, mount);
      return;
    }
  }
  const digest = queryParameter(request, 'digest');
  if (digest === undefined) {
    const id = await store.uploads.start(repository);
    sendProgress(request, { id, offset: 0, status: 202 });
    return;
  }
  checkDigest(digest);
  const chunk = toUploadChunk(request.req);
  const id = await store.uploads.start(repository);
  try {
    await whileActive(request, () =>
      store.uploads.finish(repository, id, { digest, chunk, caller }),
    );
  } catch (error) {
    // Nobody was told of this upload, so nobody could go on with it.
    if (!res.headersSent) {
      await store.uploads.cancel(repository, id).catch(() => undefined);
    }
    throw error;
  }
  sendCreated(request, digest);
}

export async function getUpload(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference: id } = request;
  const offset = await store.uploads.getOffset(repository, id);
  sendProgress(request, { id, offset, status: 204 });
}

export async function patchUpload(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference: id } = request;
  const offset = await tellingOffset(request, async () => {
    const chunk = isDelta(request)
      ? await toDeltaChunk(request)
      : toUploadChunk(request.req);
    return store.uploads.append(repository, id, chunk);
  });
  sendProgress(request, { id, offset, status: 202 });
}

export async function finishUpload(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference: id, caller } = request;
  const digest = checkDigest(queryParameter(request, 'digest'));
  await tellingOffset(request, () =>
    store.uploads.finish(repository, id, {
      digest,
      chunk: toUploadChunk(request.req),
      caller,
    }),
  );
  sendCreated(request, digest);
}

export async function cancelUpload(request: ArtifactRequest): Promise<void> {
  await request.store.uploads.cancel(request.repository, request.reference);
  request.res.status(204).end();
}

/** A refusal tells where the upload goes on, if it still exists. */
async function tellingOffset<T>(
  request: ArtifactRequest,
  work: () => Promise<T>,
): Promise<T> {
  const { store, repository, reference: id } = request;
  try {
    return await whileActive(request, work);
  } catch (error) {
    if (error instanceof OciError) {
      const offset = await store.uploads
        .getOffset(repository, id)
        .catch(() => undefined);
      if (offset !== undefined) {
        Object.assign(error.headers, progressHeaders(request, { id, offset }));
      }
    }
    throw error;
  }
}

async function whileActive<T>(
  { req }: ArtifactRequest,
  work: () => Promise<T>,
): Promise<T> {
  let received = req.socket.bytesRead;
  const timer = setInterval(() => {
    const idle = req.readableLength === 0 && req.socket.bytesRead === received;
    if (idle && !req.complete) {
      const reason = `no byte came for ${IDLE_MS / 1000} seconds`;
      req.destroy(Object.assign(new Error(reason), { code: 'ETIMEDOUT' }));
    }
    received = req.socket.bytesRead;
  }, IDLE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function sendProgress(
  request: ArtifactRequest,
  upload: { id: string; offset: number; status: number },
): void {
  request.res
    .status(upload.status)
    .set({
      ...progressHeaders(request, upload),
      'Docker-Upload-UUID': upload.id,
      'Content-Length': '0',
    })
    .end();
}

/**
 * `Range` cannot tell no bytes from one byte: both are `0-0`, as all
 * registries have it. `Upload-Offset` is exact.
 */
function progressHeaders(
  { baseUrl, repository }: ArtifactRequest,
  { id, offset }: { id: string; offset: number },
): Record<string, string> {
  return {
    Location: `${baseUrl}/${repository}/blobs/uploads/${id}`,
    Range: `0-${Math.max(0, offset - 1)}`,
    'Upload-Offset': String(offset),
    'Accept-Patch': `application/octet-stream, ${DELTA_MEDIA_TYPE}`,
  };
}

function sendCreated(
  { res, baseUrl, repository }: ArtifactRequest,
  digest: string,
): void {
  res
    .status(201)
    .set({
      Location: `${baseUrl}/${repository}/blobs/${digest}`,
      'Docker-Content-Digest': digest,
      'Content-Length': '0',
    })
    .end();
}
