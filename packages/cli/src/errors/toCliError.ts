import { ResponseError } from '@backstage/errors';
import { REFUSAL_CODES } from '@ml-platform/plugin-ml-common';
import { REQUEST_ID } from '../connection/requestId';
import { CliError } from './CliError';
import { ExitCode, type ExitStatus } from './ExitCode';

const BY_STATUS: Record<
  number,
  { code: string; exitCode: ExitStatus; hint?: string }
> = {
  401: {
    code: 'UNAUTHENTICATED',
    exitCode: ExitCode.auth,
    hint: 'The token is missing, wrong or expired: check with `ml doctor`, set ML_TOKEN.',
  },
  403: {
    code: 'FORBIDDEN',
    exitCode: ExitCode.auth,
    hint: "Ask the model's owner or a platform admin for access.",
  },
  404: { code: 'NOT_FOUND', exitCode: ExitCode.notFound },
  409: { code: 'CONFLICT', exitCode: ExitCode.conflict },
  507: {
    code: 'DISK_FULL',
    exitCode: ExitCode.failed,
    hint: 'Free space on the disk of the platform, then run the command again.',
  },
};

/** Explains a failure of the portal; leaves a `CliError` as it is. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (ResponseError.is(error)) {
    const headers = (error.response as Partial<Response>).headers;
    const requestId = headers?.get?.('x-request-id') ?? REQUEST_ID;
    return new CliError({
      ...(refusalOptions(error.cause) ?? statusOptions(error.statusCode)),
      message: error.cause.message || error.message,
      requestId,
      cause: error,
    });
  }
  return new CliError({
    code: 'INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    hint: 'This is a defect of ml. Run the command again with --debug and report what it prints.',
    cause: error,
  });
}

/** A rule said no: not the same as two changes that clash. */
function refusalOptions(cause: Error & { code?: unknown }) {
  const code = REFUSAL_CODES.find(item => item === cause.code);
  return code && { code, exitCode: ExitCode.gateRefused };
}

/** Code, exit code and hint of an HTTP status. */
export function statusOptions(status: number): {
  code: string;
  exitCode: ExitStatus;
  hint?: string;
} {
  return (
    BY_STATUS[status] ?? {
      code: status >= 500 ? 'SERVER_ERROR' : 'REFUSED',
      exitCode: ExitCode.failed,
    }
  );
}
