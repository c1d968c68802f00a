import { MEDIA_TYPES } from '@ml-platform/plugin-ml-common';
import { OciError } from '../OciError';
import { checkDigest } from '../references';
import {
  type ArtifactRequest,
  queryParameter,
  type ReadableStore,
} from './ArtifactRequest';

const MAX_TAGS = 1000;
const MAX_REFERRERS = 100;

export async function listTags(request: ArtifactRequest): Promise<void> {
  const { store, repository, res, baseUrl } = request;
  const limit = limitOf(request);
  if (!(await store.metadata.hasRepository(repository))) {
    throw new OciError({
      status: 404,
      code: 'NAME_UNKNOWN',
      message: `there is no repository ${repository}`,
      detail: { name: repository },
    });
  }
  const found = await store.metadata.listTags(repository, {
    after: queryParameter(request, 'last'),
    limit: limit + 1,
  });
  const tags = found.slice(0, limit);
  if (limit > 0 && found.length > limit) {
    const query = new URLSearchParams({
      n: String(limit),
      last: tags[limit - 1],
    });
    res.set(
      'Link',
      `<${baseUrl}/${repository}/tags/list?${query}>; rel="next"`,
    );
  }
  res.status(200).json({ name: repository, tags });
}

export async function listReferrers(request: ArtifactRequest): Promise<void> {
  const { store, repository, reference, res, baseUrl } = request;
  const subject = checkDigest(reference);
  const artifactType = queryParameter(request, 'artifactType');
  const found = await store.metadata.listReferrers(repository, subject, {
    artifactType,
    after: queryParameter(request, 'last'),
    limit: MAX_REFERRERS + 1,
  });
  const manifests = found.slice(0, MAX_REFERRERS);
  if (found.length > MAX_REFERRERS) {
    const query = new URLSearchParams({
      ...(artifactType && { artifactType }),
      last: manifests[MAX_REFERRERS - 1].digest,
    });
    res.set(
      'Link',
      `<${baseUrl}/${repository}/referrers/${subject}?${query}>; rel="next"`,
    );
  }
  if (artifactType) res.set('OCI-Filters-Applied', 'artifactType');
  res.status(200).set('Content-Type', MEDIA_TYPES.ociIndex);
  res.end(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests,
    }),
  );
}

/** The list of a store that somebody else runs, in one page. */
export async function describeReferrers(
  request: ArtifactRequest<ReadableStore>,
): Promise<void> {
  const { store, repository, reference, res } = request;
  const manifests = await store.listReferrers(
    repository,
    checkDigest(reference),
  );
  res.status(200).set('Content-Type', MEDIA_TYPES.ociIndex);
  res.end(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests,
    }),
  );
}

function limitOf(request: ArtifactRequest): number {
  const text = queryParameter(request, 'n');
  if (text === undefined) return MAX_TAGS;
  if (!/^\d{1,9}$/.test(text)) {
    throw new OciError({
      status: 400,
      code: 'UNSUPPORTED',
      message: 'n: must be a whole number, 0 or more',
    });
  }
  return Math.min(Number(text), MAX_TAGS);
}
