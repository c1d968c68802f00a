import { mkdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder for each foreign process: its home, and its place for temporary files. */
export class RunFolders {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Clears what a killed server left. */
  open(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  async create(): Promise<{ path: string; remove(): Promise<void> }> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = await mkdtemp(join(this.#folder, 'worker-'));
    return {
      path,
      remove: () => rm(path, { recursive: true, force: true }),
    };
  }
}
