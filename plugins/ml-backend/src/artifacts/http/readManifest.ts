import type { Readable } from 'node:stream';
import { OciError } from '../OciError';

export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** Reads a manifest into memory, 4 MiB at most. */
export async function readManifest(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_MANIFEST_BYTES) {
      throw new OciError({
        status: 413,
        code: 'SIZE_INVALID',
        message: `a manifest may have ${MAX_MANIFEST_BYTES} bytes at most; put what is large into blobs`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
