import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { DigestFolder } from './DigestFolder';
import { PullRefusedError } from './errors';

/** A file of a package, and where its bytes are. */
export interface PackageFile {
  path: string;
  /** On this machine. */
  source: string;
}

/** Whole packages as folders, for workers that need more than one file. */
export class PackageFolders extends DigestFolder {
  /** The folder of a claimed package; made from its files when it is not there yet. */
  async ensure(digest: string, files: PackageFile[]): Promise<string> {
    const path = this.pathOf(digest);
    if (await this.has(digest)) return path;
    const temporary = this.temporaryPath();
    try {
      for (const file of files) await place(temporary, file);
      // Somebody else may have been faster; theirs is the same.
      await rename(temporary, path).catch(async error => {
        if (!(await this.has(digest))) throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
    return path;
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
