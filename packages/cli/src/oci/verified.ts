import { createHash } from 'node:crypto';
import { CliError } from '../errors/CliError';
import type { Blob } from '@ml-platform/packaging';

/** Passes a whole blob on and fails at its end when it was not what its digest says. */
export async function* verified(
  blob: Blob,
  onBytes: (count: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of blob.read() as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    if (size > blob.size) throw digestMismatch(blob.name);
    onBytes(chunk.length);
    yield chunk;
  }
  if (`sha256:${hash.digest('hex')}` !== blob.digest) {
    await blob.explain?.();
    throw digestMismatch(blob.name);
  }
}

/** What came is not what its name says. */
export function digestMismatch(what: string): CliError {
  return new CliError({
    code: 'DIGEST_MISMATCH',
    message: `Other bytes came than belong to ${what} (digest mismatch)`,
    hint: 'Nothing was exported. Run the command again; if it happens again, check network and disk of the registry.',
  });
}
