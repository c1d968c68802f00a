import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type DigestAlgorithm, DigestHash } from '../digests';

const READ_BYTES = 1024 * 1024;

/** Reads a whole file and gives its digest. */
export async function hashFile(
  path: string,
  algorithm: DigestAlgorithm,
): Promise<string> {
  const hash = new DigestHash(algorithm);
  await pipeline(
    createReadStream(path, { highWaterMark: READ_BYTES }),
    async function update(source: AsyncIterable<Buffer>) {
      for await (const chunk of source) hash.update(chunk);
    },
  );
  return hash.digest();
}
