import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a body that nobody wants is read, so that its sender gets to see the answer. */
const DISCARD_MS = 5_000;

/** A body that is larger than the receiver takes. */
export class BodyTooLargeError extends Error {
  constructor(limit: number) {
    super(`the body is larger than the limit of ${limit} bytes`);
    this.name = 'PayloadTooLargeError';
  }
}

/** Reads a whole body into memory, up to a limit. */
export function readBody(
  request: IncomingMessage,
  limit: number,
  /** Told of each piece; what it throws ends the reading. */
  onPiece: (bytes: number) => void = () => {},
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > limit) throw new BodyTooLargeError(limit);
        onPiece(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        request.off('data', onData);
        reject(error);
      }
    };
    request.on('data', onData);
    request.once('end', () =>
      resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)),
    );
    request.once('close', () =>
      reject(new Error('the caller went away before the body was complete')),
    );
  });
}

/**
 * Reads what is left of a body and forgets it. A connection that is closed
 * with bytes unread is reset, and a reset can overtake the answer.
 */
export async function discardBody(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, DISCARD_MS);
    request.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    request.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    // A pipe that ends later would pause the request again.
    request.unpipe();
    request.resume();
  });
  // Whatever still comes would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
}
