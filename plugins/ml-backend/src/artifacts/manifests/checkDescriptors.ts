import type { Descriptor } from '@ml-platform/plugin-ml-common';
import { OciError } from '../OciError';

/**
 * Sees to it that everything a manifest names is in the repository, with the
 * size that it says.
 */
export function checkDescriptors(
  kind: 'blob' | 'manifest',
  descriptors: Descriptor[],
  stored: Map<string, number>,
): void {
  const missing = descriptors.filter(({ digest }) => !stored.has(digest));
  if (missing.length) {
    throw missingError(
      kind,
      missing.map(({ digest }) => digest),
    );
  }
  for (const { digest, size } of descriptors) {
    if (stored.get(digest) !== size) {
      throw new OciError({
        status: 400,
        code: 'SIZE_INVALID',
        message: `the manifest says that ${digest} has ${size} bytes, but it has ${stored.get(
          digest,
        )}`,
      });
    }
  }
}

export function missingError(
  kind: 'blob' | 'manifest',
  digests: string[],
): OciError {
  return new OciError({
    status: 404,
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: `the manifest names ${digests.length} ${kind}(s) that are not in the repository, first ${digests[0]}; push them first`,
    detail: { missing: digests.slice(0, 20) },
  });
}
