/**
 * A failure that is explained in full by its message: shown as it is, without
 * a stack trace.
 */
export class FriendlyError extends Error {
  constructor(message, options = {}) {
    super(message, { cause: options.cause });
    this.name = 'FriendlyError';
    this.exitCode = options.exitCode ?? 1;
    /** Lines to show below, such as the end of a log. */
    this.details = options.details;
  }
}
