import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ToolError } from '../errors/ToolError';
import { toUnreachable } from './toUnreachable';

/** A connection on which nothing comes for this long is taken for dead. */
const IDLE_MS = 60_000;

/**
 * Streams what is answered to disk; the name of the file appears when it is whole.
 * @returns its size in bytes
 * @public
 */
export async function saveResponse(
  ask: (signal: AbortSignal) => Promise<Response>,
  path: string,
): Promise<number> {
  const partial = `${path}.partial`;
  const idle = new AbortController();
  const timer = setTimeout(
    () => idle.abort(new Error(`nothing came for ${IDLE_MS / 1000} s`)),
    IDLE_MS,
  );
  let bytes = 0;
  try {
    const { body, url } = await ask(idle.signal);
    const counted = new Transform({
      transform(chunk, _encoding, done) {
        timer.refresh();
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    await pipeline(
      // The types of the browser and of Node name one and the same thing.
      Readable.fromWeb((body ?? new Blob().stream()) as ReadableStream),
      counted,
      createWriteStream(partial),
      { signal: idle.signal },
    ).catch(error => {
      throw isOfDisk(error)
        ? new ToolError({
            code: 'WRITE_FAILED',
            message: `Cannot write ${path}: ${error.message}`,
            cause: error,
          })
        : toUnreachable('the server', url, idle.signal.reason ?? error);
    });
    await rename(partial, path);
    return bytes;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function isOfDisk({ syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'open' || syscall === 'write';
}
