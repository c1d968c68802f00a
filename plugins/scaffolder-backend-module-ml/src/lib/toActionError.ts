import { ConflictError, InputError, ResponseError } from '@backstage/errors';
import { ToolError } from '@ml-platform/packaging';
import { formatIssue } from '@ml-platform/plugin-ml-common';

const MAX_ISSUES = 20;

/** Says of a failure what the log of a task has to say: the reason, and all that has to be corrected. */
export function toActionError(error: unknown): unknown {
  // Its own message is but the status; the portal's reason is within.
  if (ResponseError.is(error)) return error.cause;
  if (!(error instanceof ToolError)) return error;
  const issues = (error.issues ?? []).map(formatIssue);
  const shown = issues.slice(0, MAX_ISSUES).map(issue => `\n  - ${issue}`);
  const more = issues.length - shown.length;
  const message = [
    error.message,
    ...shown,
    more > 0 ? `\n  - and ${more} more` : '',
    error.hint ? `\n${error.hint}` : '',
  ].join('');
  switch (error.code) {
    case 'PACKAGE_INVALID':
    case 'NOT_A_DIRECTORY':
      return new InputError(message, error);
    case 'VERSION_EXISTS':
    case 'VERSION_DELETED':
      return new ConflictError(message, error);
    default:
      return new Error(message, { cause: error });
  }
}
