import { OciError } from '../OciError';

export function notFound(
  repository: string,
  reference: string,
  kind: 'blob' | 'manifest' = 'manifest',
): OciError {
  return new OciError({
    status: 404,
    code: kind === 'blob' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN',
    message: `${repository} has no ${kind} ${reference}`,
    detail: { reference },
  });
}

export function protectedBy(
  repository: string,
  digest: string,
  reason: string,
): OciError {
  return denied(
    `the manifest ${digest} of ${repository} cannot be deleted here: ${reason}`,
    { digest },
  );
}

export function isPartOf(
  repository: string,
  digest: string,
  parent: string,
): OciError {
  return denied(
    `the manifest ${digest} of ${repository} is part of the index ${parent}: delete that one first`,
    { digest, parent },
  );
}

export function inUse(
  repository: string,
  digest: string,
  parent: string,
): OciError {
  return denied(
    `the blob ${digest} of ${repository} is part of the manifest ${parent}: delete that one first`,
    { digest, parent },
  );
}

function denied(message: string, detail: Record<string, unknown>): OciError {
  return new OciError({ status: 409, code: 'DENIED', message, detail });
}
