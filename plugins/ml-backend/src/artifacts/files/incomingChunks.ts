import { Readable } from 'node:stream';
import { OciError } from '../OciError';
import { tooLarge } from '../tooLarge';
import type { AppendOptions, ByteSource } from './UploadStorage';

/**
 * Reads what a client sends, and refuses what is more than announced or
 * allowed. A request stays open for the answer.
 */
export async function* incomingChunks(
  source: ByteSource,
  options: AppendOptions & { start: number },
): AsyncGenerator<Buffer> {
  const { start, maxSize, repository, expectedBytes = Infinity } = options;
  let offset = start;
  const pieces =
    source instanceof Readable
      ? source.iterator({ destroyOnReturn: false })
      : source;
  for await (const chunk of pieces) {
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
