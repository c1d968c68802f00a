import { DIGEST_ALGORITHMS, isDigest } from './digests';
import { OciError } from './OciError';

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const UPLOAD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isUploadId(text: string): boolean {
  return UPLOAD_ID.test(text);
}

export function checkRepository(name: string): void {
  if (name.length > 255 || !REPOSITORY.test(name)) {
    throw new OciError({
      status: 400,
      code: 'NAME_INVALID',
      message:
        'the repository name must be path components of lower-case letters, digits and single separators, 255 characters at most',
      detail: { name: name.slice(0, 300) },
    });
  }
}

export function checkDigest(digest: string | undefined): string {
  if (!digest || !isDigest(digest)) {
    throw new OciError({
      status: 400,
      code: 'DIGEST_INVALID',
      message: `the digest must be ${DIGEST_ALGORITHMS.join(
        ' or ',
      )}, a colon, and all lower-case hex digits`,
      detail: { digest: digest?.slice(0, 200) },
    });
  }
  return digest;
}

/** @throws when the text is neither a digest nor a possible tag. */
export function checkReference(reference: string): void {
  if (reference.includes(':')) checkDigest(reference);
  else checkTag(reference);
}

export function checkTag(tag: string): void {
  if (!TAG.test(tag)) {
    throw new OciError({
      status: 400,
      code: 'MANIFEST_INVALID',
      message:
        'the tag must be 1 to 128 letters, digits, underscores, dots and dashes, and not start with a dot or a dash',
      detail: { tag: tag.slice(0, 200) },
    });
  }
}
