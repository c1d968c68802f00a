import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Version } from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';

/**
 * Writes the package of a version into a folder, each file checked against its
 * digest on the way.
 */
export async function writePackage(
  artifacts: ArtifactStore,
  version: Version,
  options: { directory: string; signal: AbortSignal },
): Promise<void> {
  const { directory, signal } = options;
  for (const { digest, path } of version.files) {
    const target = resolve(directory, path);
    if (!target.startsWith(directory + sep)) {
      throw new Error(`the package has a file '${path}' outside of it`);
    }
    const blob = await artifacts.openBlob(version.repository, digest);
    if (!blob) {
      throw new Error(`${path} (${digest}) is gone from the registry`);
    }
    await mkdir(dirname(target), { recursive: true });
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform(chunk, _encoding, done) {
        hash.update(chunk);
        done(undefined, chunk);
      },
    });
    await pipeline(blob.stream, hashing, createWriteStream(target), { signal });
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest) {
      throw new Error(
        `${path} is not what was registered: its digest is ${found}, not ${digest}`,
      );
    }
    // A package keeps no modes, and one of these may be a program.
    await chmod(target, 0o755);
  }
}
