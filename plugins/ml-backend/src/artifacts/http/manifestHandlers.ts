import { OciError } from '../OciError';
import { checkReference, checkTag } from '../references';
import {
  type ArtifactRequest,
  queryParameters,
  type ReadableStore,
} from './ArtifactRequest';
import { readManifest } from './readManifest';

/** Answers GET and HEAD. */
export async function getManifest(
  request: ArtifactRequest<ReadableStore>,
): Promise<void> {
  const { store, repository, reference, req, res } = request;
  checkReference(reference);
  const manifest = await store.getManifest(repository, reference);
  if (!manifest) {
    throw new OciError({
      status: 404,
      code: 'MANIFEST_UNKNOWN',
      message: `${repository} has no manifest ${reference}`,
      detail: { reference },
    });
  }
  if (!req.accepts(manifest.mediaType)) {
    throw new OciError({
      status: 404,
      code: 'MANIFEST_UNKNOWN',
      message: `${repository} has ${reference} as ${manifest.mediaType} only, which the Accept header does not name`,
      detail: { mediaType: manifest.mediaType },
    });
  }
  res.set({
    'Content-Type': manifest.mediaType,
    'Content-Length': String(manifest.bytes.length),
    'Docker-Content-Digest': manifest.digest,
    ETag: `"${manifest.digest}"`,
  });
  if (req.fresh) {
    res.status(304).end();
  } else {
    res.status(200).end(req.method === 'HEAD' ? undefined : manifest.bytes);
  }
}

export async function putManifest(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference, caller, req, res, baseUrl } = request;
  checkReference(reference);
  const tags = queryParameters(request, 'tag');
  tags.forEach(checkTag);
  const { digest, subject } = await store.putManifest({
    repository,
    reference,
    tags,
    contentType: req.header('content-type'),
    content: await readManifest(req),
    caller,
  });
  if (subject) res.set('OCI-Subject', subject);
  if (tags.length) res.set('OCI-Tag', tags.join(', '));
  res
    .status(201)
    .set({
      Location: `${baseUrl}/${repository}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      'Content-Length': '0',
    })
    .end();
}

/** Deletes a tag, or a manifest with all its tags. */
export async function deleteManifest(request: ArtifactRequest): Promise<void> {
  checkReference(request.reference);
  await request.store.removals.deleteManifest(request);
  request.res.status(202).end();
}
