import type { ByteRange } from '@ml-platform/plugin-ml-node';
import { sendWhileAllowed } from '../../http/sendWhileAllowed';
import { OciError } from '../OciError';
import { checkDigest } from '../references';
import type { ArtifactRequest, ReadableStore } from './ArtifactRequest';

type ReadRequest = ArtifactRequest<ReadableStore>;

export async function headBlob(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference, res } = request;
  const digest = checkDigest(reference);
  // Who asks may be about to push a manifest that counts on the answer.
  const size = (await store.touchBlob(repository, digest))
    ? await store.getBlobSize(repository, digest)
    : undefined;
  if (size === undefined) throw blobUnknown(request);
  setHeaders(request, size);
  res.status(200).end();
}

/** As `headBlob`, where nobody collects what is unused. */
export async function describeBlob(request: ReadRequest): Promise<void> {
  const { store, repository, reference, res } = request;
  const size = await store.getBlobSize(repository, checkDigest(reference));
  if (size === undefined) throw blobUnknown(request);
  setHeaders(request, size);
  res.status(200).end();
}

export async function deleteBlob(request: ArtifactRequest): Promise<void> {
  const { store, reference } = request;
  checkDigest(reference);
  await store.removals.deleteBlob(request);
  request.res.status(202).end();
}

/** Sends a blob or one range of it. */
export async function getBlob(request: ReadRequest): Promise<void> {
  const { store, repository, reference, req, res } = request;
  const digest = checkDigest(reference);
  const size = await store.getBlobSize(repository, digest);
  if (size === undefined) throw blobUnknown(request);
  const range = rangeOf(request, size);
  const blob = await store.openBlob(repository, digest, range);
  if (!blob) throw blobUnknown(request);
  setHeaders(request, range ? range.end - range.start + 1 : size);
  if (req.fresh) {
    blob.stream.destroy();
    res.status(304).end();
    return;
  }
  if (range) {
    res.status(206);
    res.set('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
  }
  // An empty body would otherwise leave with its first error unnoticed.
  await sendWhileAllowed(blob.stream, res, {
    mayStill: request.mayStill,
    toError: () =>
      new OciError({
        status: 403,
        code: 'DENIED',
        message: 'the right to read this was revoked while it was read',
      }),
  });
}

function setHeaders(
  { res, reference }: Pick<ReadRequest, 'res' | 'reference'>,
  length: number,
): void {
  res.set({
    'Accept-Ranges': 'bytes',
    'Content-Length': String(length),
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': reference,
    ETag: `"${reference}"`,
  });
}

/** Several ranges at once and malformed ones get the whole, as HTTP allows. */
function rangeOf(
  { req, reference }: ReadRequest,
  size: number,
): ByteRange | undefined {
  const condition = req.header('if-range');
  if (condition && condition !== `"${reference}"`) return undefined;
  const ranges = req.range(size);
  if (ranges === -1) {
    throw new OciError({
      status: 416,
      code: 'SIZE_INVALID',
      message: `the range lies outside the blob, which has ${size} bytes`,
      headers: { 'Content-Range': `bytes */${size}` },
    });
  }
  if (!ranges || ranges === -2 || ranges.type !== 'bytes') return undefined;
  return ranges.length === 1 ? ranges[0] : undefined;
}

export function blobUnknown({
  repository,
  reference,
}: Pick<ReadRequest, 'repository' | 'reference'>): OciError {
  return new OciError({
    status: 404,
    code: 'BLOB_UNKNOWN',
    message: `${repository} has no blob ${reference}; if it had one, it was found corrupted and taken away: push the content again`,
    detail: { digest: reference },
  });
}
