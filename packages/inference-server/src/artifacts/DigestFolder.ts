import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A folder of entries under their SHA-256, which appear only when whole.
 *
 * Who needs an entry holds a claim on it; {@link DigestFolder.removeUnclaimed}
 * leaves those alone. Claims live in memory: they are made again at start.
 */
export class DigestFolder {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #claims = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = join(folder, 'sha256');
    this.#temporary = join(folder, 'tmp');
  }

  /**
   * Makes the folders and clears what a killed server left half written. While
   * a server is replaced, its predecessor may still be writing: what a living
   * process works on stays.
   */
  open(): void {
    mkdirSync(this.#folder, { recursive: true });
    mkdirSync(this.#temporary, { recursive: true });
    for (const name of readdirSync(this.#temporary)) {
      const pid = Number(name.split('.', 1)[0]);
      if (pid !== process.pid && isAlive(pid)) continue;
      rmSync(join(this.#temporary, name), { recursive: true, force: true });
    }
  }

  pathOf(digest: string): string {
    return join(this.#folder, digest.slice('sha256:'.length));
  }

  /** A new path beside the entries, to be renamed to one. */
  temporaryPath(): string {
    return join(this.#temporary, `${process.pid}.${randomUUID()}`);
  }

  async has(digest: string): Promise<boolean> {
    return stat(this.pathOf(digest)).then(
      () => true,
      () => false,
    );
  }

  claim(digest: string): void {
    this.#claims.set(digest, (this.#claims.get(digest) ?? 0) + 1);
  }

  release(digest: string): void {
    const left = (this.#claims.get(digest) ?? 0) - 1;
    if (left > 0) this.#claims.set(digest, left);
    else this.#claims.delete(digest);
  }

  /** Removes the entries that nobody claims; returns how many. */
  async removeUnclaimed(): Promise<number> {
    const names = readdirSync(this.#folder).filter(
      name => !this.#claims.has(`sha256:${name}`),
    );
    // Renaming in one go, so that no claim comes between the look and the removal.
    const aside = names.map(name => {
      const path = this.temporaryPath();
      renameSync(join(this.#folder, name), path);
      return path;
    });
    await Promise.all(
      aside.map(path => rm(path, { recursive: true, force: true })),
    );
    return names.length;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
