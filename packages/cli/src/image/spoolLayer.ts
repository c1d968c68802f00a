import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Blob, fileBlob } from '@ml-platform/packaging';
import { type TarContent, withFolders, writeTar } from '../tar/writeTar';

const TAR = 'application/vnd.oci.image.layer.v1.tar';

/** A layer of an image, on disk. */
export interface SpooledLayer {
  blob: Blob;
  mediaType: string;
  /** Digest of the archive before it was compressed. */
  diffId: string;
}

/**
 * Writes files as a layer: sorted, without times, owned by root. Uncompressed,
 * the same files give the same digest on any machine; compressed, as long as
 * zlib is the same.
 */
export async function spoolLayer(options: {
  name: string;
  entries: readonly TarContent[];
  folder: string;
  compress: boolean;
}): Promise<SpooledLayer> {
  const { name, entries, folder, compress } = options;
  const path = join(folder, `${randomUUID()}.layer`);
  const content = createHash('sha256');
  const stored = createHash('sha256');
  await pipeline(
    Readable.from(writeTar(withFolders(entries)), { objectMode: false }),
    hashing(content),
    compress ? createGzip({ level: 6 }) : new PassThrough(),
    hashing(stored),
    createWriteStream(path, { flags: 'wx', mode: 0o600 }),
  );
  const { size } = await stat(path);
  const digest = `sha256:${stored.digest('hex')}`;
  return {
    blob: fileBlob(name, path, { digest, size }),
    mediaType: compress ? `${TAR}+gzip` : TAR,
    diffId: `sha256:${content.digest('hex')}`,
  };
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
