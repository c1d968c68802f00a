import type { Request } from 'express';
import { OciError } from '../OciError';
import type { UploadChunk } from '../uploads/ArtifactUploads';

/** Reads where a chunk belongs; both headers may be absent. */
export function toUploadChunk(req: Request): UploadChunk {
  const length = numberOf(req.header('content-length'));
  const contentRange = req.header('content-range');
  if (!contentRange) return { source: req, length };
  const range = parseRange(contentRange);
  if (length !== undefined && length !== range.length) {
    throw invalid(
      `Content-Range announces ${range.length} bytes, but Content-Length ${length}`,
    );
  }
  return { source: req, ...range };
}

/** Where the bytes belong that a difference stands for: it is shorter than they are. */
export function toDeltaRange(req: Request): { start: number; length: number } {
  const contentRange = req.header('content-range');
  if (contentRange) return parseRange(contentRange);
  throw invalid(
    'Content-Range is missing: it tells which bytes of the blob the difference stands for',
  );
}

function parseRange(contentRange: string): { start: number; length: number } {
  const match = /^(?:bytes[ =])?(\d{1,15})-(\d{1,15})(?:\/(?:\d+|\*))?$/.exec(
    contentRange.trim(),
  );
  const start = Number(match?.[1]);
  const announced = Number(match?.[2]) - start + 1;
  if (!match || announced < 1) {
    throw invalid(
      `Content-Range: must be <first byte>-<last byte>, is '${contentRange.slice(
        0,
        100,
      )}'`,
    );
  }
  return { start, length: announced };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function invalid(message: string): OciError {
  return new OciError({ status: 400, code: 'BLOB_UPLOAD_INVALID', message });
}
