import type { PackageIssue } from '@ml-platform/plugin-ml-common';
import { ExitCode, type ExitStatus } from './ExitCode';

/** @public */
export interface CliErrorOptions {
  /** Stable, for scripts: `PACKAGE_INVALID`. */
  code: string;
  message: string;
  exitCode?: ExitStatus;
  /** What to do next, best a command. */
  hint?: string;
  requestId?: string;
  issues?: PackageIssue[];
  cause?: unknown;
}

/**
 * A failure that is explained to the user; anything else is a defect of `ml`.
 * @public
 */
export class CliError extends Error {
  readonly name = 'CliError';
  readonly code: string;
  readonly exitCode: ExitStatus;
  readonly hint?: string;
  readonly requestId?: string;
  readonly issues?: PackageIssue[];

  constructor(options: CliErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hint = options.hint;
    this.requestId = options.requestId;
    this.issues = options.issues;
  }
}
