import { OciError } from '../OciError';

interface S3Failure {
  name: string;
  message: string;
  $metadata?: { httpStatusCode?: number };
}

const FULL = /quota|storagefull|insufficient|entitytoolarge/i;

/** Whether S3 answered that there is no such object. */
export function isNotFound(error: unknown): boolean {
  const { name, $metadata } = error as S3Failure;
  return (
    name === 'NoSuchKey' ||
    name === 'NoSuchUpload' ||
    (name === 'NotFound' && $metadata?.httpStatusCode === 404)
  );
}

/** What went wrong, in the words of the service. */
export function describeFailure(error: unknown): string {
  const { name, message, $metadata } = error as S3Failure;
  const status = $metadata?.httpStatusCode;
  return `${name}${status ? ` (${status})` : ''}: ${message}`;
}

/** Whether the service answered, and refused: trying again will not help. */
export function isRefusal(error: unknown): boolean {
  const status = (error as S3Failure).$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
}

/** The answer to a client whose request S3 has failed. */
export function storageError(error: unknown, bucket: string): OciError {
  const { name, $metadata } = error as S3Failure;
  if (FULL.test(name) || $metadata?.httpStatusCode === 507) {
    return new OciError({
      status: 507,
      code: 'STORAGE_FULL',
      message: `the bucket ${bucket} of the artifact store takes no more bytes; free space in it or raise its quota, then go on with this upload from the offset that its status tells`,
      cause: error,
    });
  }
  return new OciError({
    status: 503,
    code: 'STORAGE_UNAVAILABLE',
    message: `the bucket ${bucket} of the artifact store cannot be used at the moment; try again later: nothing that was acknowledged is lost. The log of the portal has the reason`,
    headers: { 'Retry-After': '5' },
    cause: error,
  });
}
