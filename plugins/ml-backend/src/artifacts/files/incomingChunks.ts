import type { Readable } from 'node:stream';
import { OciError } from '../OciError';
import { tooLarge } from '../tooLarge';
import type { AppendOptions } from './UploadStorage';

/**
 * Reads what a client sends, and refuses what is more than announced or
 * allowed. The source is a request: it stays open for the answer.
 */
export async function* incomingChunks(
  source: Readable,
  options: AppendOptions & { start: number },
): AsyncGenerator<Buffer> {
  const { start, maxSize, repository, expectedBytes = Infinity } = options;
  let offset = start;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    offset += chunk.length;
    if (offset > maxSize) throw tooLarge(maxSize, repository);
    if (offset > start + expectedBytes) {
      throw new OciError({
        status: 400,
        code: 'SIZE_INVALID',
        message: `more bytes came than the ${expectedBytes} that Content-Range announced`,
      });
    }
    yield chunk;
  }
}
