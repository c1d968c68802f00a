import { createServer, type Server, type ServerResponse } from 'node:http';
import { HEADER_LENGTH } from '../protocol/BodyParts';
import { InferenceError } from '../protocol/InferenceError';
import type { InferAnswer } from './OnnxModel';

/**
 * The worker's door for the gateway: each POST is one inference request. The
 * gateway keeps connections open and closes them, never the worker, so that no
 * request is sent on a connection that is just going away.
 */
export function createWorkerHttp(
  infer: (
    body: Buffer,
    headerLength: string | undefined,
    signal: AbortSignal,
  ) => Promise<InferAnswer>,
): Server {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableEnded) gone.abort();
    });
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      const headerLength = request.headers[HEADER_LENGTH] as string | undefined;
      infer(body, headerLength, gone.signal).then(
        answer => sendAnswer(response, answer),
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

function sendAnswer(
  response: ServerResponse,
  { json, binary, report }: InferAnswer,
): void {
  if (!binary) {
    send(response, 200, json, report);
    return;
  }
  const header = Buffer.from(json);
  const body = Buffer.concat([header, ...binary]);
  response.writeHead(200, {
    ...report,
    'content-type': 'application/octet-stream',
    'content-length': body.length,
    [HEADER_LENGTH]: header.length,
  });
  response.end(body);
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...headers,
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
