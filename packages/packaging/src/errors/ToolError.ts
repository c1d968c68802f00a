import type { PackageIssue } from '@ml-platform/plugin-ml-common';
import { ExitCode, type ExitStatus } from './ExitCode';

/** @public */
export interface ToolErrorOptions {
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
 * A failure that is explained to whoever uses the tool; anything else is a
 * defect of it.
 * @public
 */
export class ToolError extends Error {
  readonly name = 'ToolError';
  readonly code: string;
  readonly exitCode: ExitStatus;
  readonly hint?: string;
  readonly requestId?: string;
  readonly issues?: PackageIssue[];

  constructor(options: ToolErrorOptions) {
    super(options.message, { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode ?? ExitCode.failed;
    this.hint = options.hint;
    this.requestId = options.requestId;
    this.issues = options.issues;
  }
}
