import { isError } from '@backstage/errors';

const STATUS: Record<string, number> = {
  InputError: 400,
  AuthenticationError: 401,
  NotFoundError: 404,
  ConflictError: 409,
  PayloadTooLargeError: 413,
  ServiceUnavailableError: 503,
};

/** Codes of the operating system for a disk that takes nothing. */
const UNWRITABLE = new Set(['EROFS', 'EACCES', 'EPERM', 'EIO']);

/** What the caller is told of an error that is not meant for it. */
function unexpected(error: unknown): { name: string; message: string } {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      name: 'ServiceUnavailableError',
      message:
        'the disk of the data folder is full, nothing was changed; free some space and send the request again',
    };
  }
  if (code && UNWRITABLE.has(code)) {
    return {
      name: 'ServiceUnavailableError',
      message: `the data folder cannot be written (${code}), nothing was changed; mend the disk or its permissions and send the request again`,
    };
  }
  const message = isError(error) ? error.message : String(error);
  return { name: 'InternalServerError', message };
}

/** An error as the control API answers it: Backstage's shape. */
export function toErrorResponse(
  error: unknown,
  request: { method: string; url: string },
): { status: number; body: unknown } {
  const told =
    isError(error) && Object.hasOwn(STATUS, error.name)
      ? { name: error.name, message: error.message }
      : unexpected(error);
  const status = STATUS[told.name] ?? 500;
  return {
    status,
    body: { error: told, request, response: { statusCode: status } },
  };
}
