import type { ServerResponse } from 'node:http';
import type { GatewayError } from './GatewayError';

/** Answers with JSON; returns the size of the body. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
): number {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': length,
    })
    .end(text);
  return length;
}

/** Answers with an error in the protocol's shape. */
export function sendError(
  response: ServerResponse,
  error: GatewayError,
): number {
  if (error.retryAfter !== undefined) {
    response.setHeader('retry-after', error.retryAfter);
  }
  if (error.status === 401) response.setHeader('www-authenticate', 'Bearer');
  return sendJson(response, error.status, { error: error.message });
}
