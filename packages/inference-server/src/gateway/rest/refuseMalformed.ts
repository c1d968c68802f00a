import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Node's parser says, and how the caller is told. */
const REFUSALS: Record<string, [string, string]> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'the headers of the request are larger than 16 KiB together; send fewer',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    'the request was not complete in time; send it faster, or in smaller pieces',
  ],
};

const MALFORMED = [
  '400 Bad Request',
  'this is no HTTP/1.1 request; for gRPC and for TLS there are other listeners',
] as const;

/** Has a server answer what never became a request, in the protocol's shape, and hang up. */
export function refuseMalformed(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on('request', ({ socket }, response) => answers.set(socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket);
    const isAnswering = answer?.headersSent && !answer.writableFinished;
    if (!socket.writable || isAnswering || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const [status, message] = REFUSALS[error.code ?? ''] ?? MALFORMED;
    const body = JSON.stringify({ error: message });
    const head = [
      `HTTP/1.1 ${status}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
}
