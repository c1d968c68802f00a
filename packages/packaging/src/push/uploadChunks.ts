import { backoff } from '../network/backoff';
import { toUnreachable } from '../network/toUnreachable';
import { ToolError } from '../errors/ToolError';
import { registryError } from './RegistryClient';
import {
  finishUpload,
  openUpload,
  Retry,
  sendChunk,
  type Upload,
  type UploadTarget,
} from './uploadSteps';

const MIB = 1024 * 1024;
const MAX_CHUNK = 16 * MIB;
const MIN_CHUNK = MIB;
/** A chunk should be acknowledged this soon, so that progress is seen to move. */
const CHUNK_TIME = 1_500;
/** Failures in a row, without a byte acknowledged between them: time for a restart of the portal. */
const MAX_FAILURES = 10;

export interface UploadChunksOptions extends UploadTarget {
  /** Told the bytes that the registry has acknowledged so far. */
  onAcknowledged: (bytes: number) => void;
  /** Told the bytes that went over the wire since the last call. */
  onSent: (bytes: number) => void;
  onRetry: (reason: string) => void;
}

/**
 * Uploads a large file in chunks, each streamed from disk.
 *
 * @remarks
 * The registry alone knows how far it is. After a broken connection, a refused
 * range or a restart of `ml`, its answer to a GET on the upload says where to
 * go on. Only an upload it no longer knows begins again. With a `delta`, the
 * registry copies what it has; where that goes wrong, all bytes are sent.
 */
export async function uploadChunks(
  options: UploadChunksOptions,
): Promise<void> {
  const { registry, layer, state, onAcknowledged, onRetry, onSent } = options;
  let { delta } = options;
  let failures = 0;
  let upload: Upload | undefined;
  let location = await state.load();
  let chunk = MAX_CHUNK;

  for (;;) {
    try {
      if (!upload) {
        upload = await openUpload(options, location);
        location = upload.location;
        onAcknowledged(upload.offset);
      }
      while (upload.offset < layer.size) {
        const begun = Date.now();
        const before = upload.offset;
        const size = Math.max(chunk, upload.minChunk);
        onSent(await sendChunk({ ...options, delta }, upload, size));
        location = upload.location;
        onAcknowledged(upload.offset);
        if (upload.offset > before) failures = 0;
        chunk = nextChunk(size, Date.now() - begun);
      }
      await finishUpload(options, upload);
      await state.clear();
      return;
    } catch (error) {
      if (error instanceof ToolError) {
        const isMismatch = error.code === 'DIGEST_MISMATCH';
        if (isMismatch) await state.clear();
        if (!delta || error.code === 'UNAUTHENTICATED') throw error;
        // Nothing is lost but time: what the registry took over is no good.
        onRetry(`${error.message}; now all of it is sent`);
        if (isMismatch) location = undefined;
        delta = undefined;
        upload = undefined;
        continue;
      }
      if (error instanceof Retry && error.isBlobGone) delta = undefined;
      failures += 1;
      if (failures >= MAX_FAILURES) {
        throw error instanceof Retry
          ? registryError(`Uploading ${layer.name} failed`, error.response)
          : toUnreachable('the registry', registry.base, error);
      }
      onRetry((error as Error).message);
      await backoff(
        failures - 1,
        error instanceof Retry
          ? (error.response.headers['retry-after'] as string | undefined)
          : undefined,
      );
      // Ask the registry how far it came before going on.
      upload = undefined;
    }
  }
}

function nextChunk(size: number, milliseconds: number): number {
  const fitting = (size * CHUNK_TIME) / Math.max(milliseconds, 1);
  return Math.round(Math.min(Math.max(fitting, MIN_CHUNK), MAX_CHUNK));
}
