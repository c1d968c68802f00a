import { REQUEST_ID } from '../../connection/requestId';
import { toUnreachable } from '@ml-platform/packaging';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';

const TIMEOUT = 60_000;

export interface InferOptions {
  /** Base URL of the inference gateway. */
  gateway: string;
  path: string;
  environment: string;
  request: string;
  /** Of a service account. */
  token?: string;
}

/** Asks the gateway, which is given no token of a person. Returns the answer's very text. */
export async function infer(options: InferOptions): Promise<string> {
  const { gateway, path, environment, request, token } = options;
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${gateway}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': REQUEST_ID,
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: request,
      signal: AbortSignal.timeout(TIMEOUT),
    });
    body = await response.text();
  } catch (error) {
    throw toUnreachable(`the ${environment} gateway`, gateway, error);
  }
  if (response.ok) return body.trim();
  const isMissing = response.status === 404;
  throw new CliError({
    code: isMissing ? 'NOT_SERVED' : 'PREDICTION_FAILED',
    exitCode: isMissing ? ExitCode.notFound : ExitCode.failed,
    message: `The ${environment} gateway answered ${
      response.status
    }: ${messageOf(body)}`,
    hint: isMissing ? 'What is live where: ml status' : undefined,
    requestId: response.headers.get('x-request-id') ?? REQUEST_ID,
  });
}

function messageOf(body: string): string {
  try {
    const { error } = JSON.parse(body);
    return typeof error === 'string' ? error : error.message;
  } catch {
    return body.slice(0, 500) || 'no message';
  }
}
