import { isError, ResponseError } from '@backstage/errors';

/** What went wrong, in the words of whoever refused it. */
export function messageOf(error: unknown): string {
  if (ResponseError.is(error) && error.cause.message) {
    return error.cause.message;
  }
  return isError(error) ? error.message : String(error);
}

/** The request was understood and the caller may not do it. */
export function isForbidden(error: unknown): boolean {
  return nameOf(error) === 'NotAllowedError' || statusOf(error) === 403;
}

/** The thing asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  return nameOf(error) === 'NotFoundError' || statusOf(error) === 404;
}

function nameOf(error: unknown) {
  if (ResponseError.is(error)) return error.cause.name;
  return isError(error) ? error.name : undefined;
}

function statusOf(error: unknown) {
  return ResponseError.is(error) ? error.statusCode : undefined;
}
