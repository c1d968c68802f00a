import { createServer, type Server, type ServerResponse } from 'node:http';
import { InferenceError } from './InferenceError';

/**
 * The worker's door for the gateway: each POST is one inference request. The
 * gateway keeps connections open and closes them, never the worker, so that no
 * request is sent on a connection that is just going away.
 */
export function createWorkerHttp(
  infer: (body: string) => Promise<string>,
): Server {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      infer(body.toString('utf8')).then(
        text => send(response, 200, text),
        error => sendError(response, error),
      );
    });
  });
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.timeout = 0;
  return server;
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function sendError(response: ServerResponse, error: unknown): void {
  const status = error instanceof InferenceError ? error.status : 500;
  const message =
    error instanceof InferenceError
      ? error.message
      : 'the worker met an unexpected error; its log has the details';
  if (!(error instanceof InferenceError)) console.error(error);
  send(response, status, JSON.stringify({ error: message }));
}
