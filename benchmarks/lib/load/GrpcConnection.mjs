// Unary gRPC straight on HTTP/2, for the same reason as HTTP on a bare socket.
import { connect } from 'node:http2';

/** A message with the five bytes that frame it. */
export function grpcRequest(message) {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** A connection that calls one method, one call at a time. */
export class GrpcConnection {
  #session;
  #headers;

  constructor({ port, method }) {
    this.#session = connect(`http://127.0.0.1:${port}`);
    // What went wrong shows in the calls.
    this.#session.on('error', () => {});
    this.#headers = {
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    };
  }

  send(request) {
    return new Promise(resolve => {
      const chunks = [];
      let status;
      let reason = 'no status';
      const read = headers => {
        status ??= headers['grpc-status'];
        reason = headers['grpc-message'] ?? reason;
      };
      const stream = this.#session.request(this.#headers);
      stream.on('response', read);
      stream.on('trailers', read);
      stream.on('data', chunk => chunks.push(chunk));
      stream.on('error', error => {
        reason = error.message;
      });
      stream.on('close', () => {
        const all = Buffer.concat(chunks);
        resolve({
          ok: status === '0',
          head: reason,
          body: all.subarray(5),
        });
      });
      stream.end(request);
    });
  }

  close() {
    this.#session.destroy();
  }
}
