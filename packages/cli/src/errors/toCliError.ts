import { ResponseError } from '@backstage/errors';
import { statusOptions } from '@ml-platform/packaging';
import { REFUSAL_CODES } from '@ml-platform/plugin-ml-common';
import { REQUEST_ID } from '../connection/requestId';
import { CliError } from './CliError';
import { ExitCode } from './ExitCode';

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
