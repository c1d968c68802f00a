import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { PullRefusedError } from './errors';

/** A file of a package, and where its bytes are. */
export interface PackageFile {
  path: string;
  /** On this machine. */
  source: string;
}

/**
 * Whole packages as folders, for workers that need more than one file. A
 * folder appears only when it is whole. Claims are as those of the blobs.
 */
export class PackageFolders {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #claims = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = join(folder, 'sha256');
    this.#temporary = join(folder, 'tmp');
  }

  /** Makes the folders and clears what a killed server left half written. */
  open(): void {
    mkdirSync(this.#folder, { recursive: true });
    rmSync(this.#temporary, { recursive: true, force: true });
    mkdirSync(this.#temporary);
  }

  claim(digest: string): void {
    this.#claims.set(digest, (this.#claims.get(digest) ?? 0) + 1);
  }

  release(digest: string): void {
    const left = (this.#claims.get(digest) ?? 0) - 1;
    if (left > 0) this.#claims.set(digest, left);
    else this.#claims.delete(digest);
  }

  /** The folder of a claimed package; made from its files when it is not there yet. */
  async ensure(digest: string, files: PackageFile[]): Promise<string> {
    const path = join(this.#folder, digest.slice('sha256:'.length));
    if (await exists(path)) return path;
    const temporary = join(this.#temporary, randomUUID());
    try {
      for (const file of files) await place(temporary, file);
      // Somebody else may have been faster; theirs is the same.
      await rename(temporary, path).catch(async error => {
        if (!(await exists(path))) throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return path;
  }

  /** Removes the folders that nobody claims; returns how many. */
  async removeUnclaimed(): Promise<number> {
    const names = readdirSync(this.#folder).filter(
      name => !this.#claims.has(`sha256:${name}`),
    );
    // Renaming in one go, so that no claim comes between the look and the removal.
    const aside = names.map(name => {
      const path = join(this.#temporary, randomUUID());
      renameSync(join(this.#folder, name), path);
      return path;
    });
    await Promise.all(
      aside.map(path => rm(path, { recursive: true, force: true })),
    );
    return names.length;
  }
}

/** Copies, so that a server that writes into its folder spoils no cached blob. */
async function place(
  folder: string,
  { path, source }: PackageFile,
): Promise<void> {
  const target = resolve(folder, path);
  if (!target.startsWith(folder + sep)) {
    throw new PullRefusedError(
      `the package holds a file '${path}', which is outside of it`,
    );
  }
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
  // A package keeps no modes, and one of these may be the program to start.
  await chmod(target, 0o755);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
