import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DIGEST_ALGORITHMS, splitDigest } from '../digests';

/** Where the artifact store keeps its files. */
export class ArtifactDirectory {
  readonly blobs: string;
  readonly uploads: string;
  readonly quarantine: string;

  private constructor(readonly root: string) {
    this.blobs = join(root, 'blobs');
    this.uploads = join(root, 'uploads');
    this.quarantine = join(root, 'quarantine');
  }

  static async create(root: string): Promise<ArtifactDirectory> {
    const directory = new ArtifactDirectory(root);
    for (const path of [
      ...DIGEST_ALGORITHMS.map(name => join(directory.blobs, name)),
      directory.uploads,
      directory.quarantine,
    ]) {
      await mkdir(path, { recursive: true });
    }
    return directory;
  }

  /** @param digest - already checked */
  blob(digest: string): string {
    const { algorithm, hex } = splitDigest(digest);
    return join(this.blobs, algorithm, hex.slice(0, 2), hex);
  }

  /** @param id - already checked to be a UUID */
  upload(id: string): string {
    return join(this.uploads, id);
  }
}

/** Makes the entries of a file's directory durable. */
export async function syncDirectoryOf(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
