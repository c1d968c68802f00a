import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** A connection that stands still for this long is taken for dead. */
const IDLE_MS = 60_000;

/** A server that answered, though not with what was asked for. */
export class DownloadRefused extends Error {
  constructor(readonly status: number) {
    super(`the server answered ${status}`);
  }
}

/**
 * Streams an address into a file, or only reads it where no file is named.
 * @returns digest of what came
 */
export async function download(options: {
  url: string;
  file?: string;
  fetch: typeof fetch;
}): Promise<string> {
  const { file, url } = options;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), IDLE_MS);
  try {
    const response = await options.fetch(url, { signal: abort.signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw new DownloadRefused(response.status);
    }
    if (file) await mkdir(dirname(file), { recursive: true });
    const hash = createHash('sha256');
    await pipeline(
      // The types of the browser and of Node name one and the same thing.
      Readable.fromWeb(
        (response.body ?? new Blob().stream()) as ReadableStream,
      ),
      new Transform({
        transform(chunk, _encoding, done) {
          timer.refresh();
          hash.update(chunk);
          done(null, chunk);
        },
      }),
      file ? createWriteStream(file, { flags: 'wx' }) : nowhere(),
      { signal: abort.signal },
    );
    return `sha256:${hash.digest('hex')}`;
  } catch (error) {
    if (abort.signal.aborted) {
      throw new Error(`nothing came for ${IDLE_MS / 1000} s`);
    }
    const { cause, message } = error as Error;
    if (cause instanceof Error) throw new Error(`${message}: ${cause.message}`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
