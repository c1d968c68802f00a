import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Git, GitError } from './Git';
import type { GitBranch } from './GitBranch';
import { installPushHook } from './installPushHook';

const NONE = '0'.repeat(40);

/** The branch of a bare repository in the platform's own state folder. */
export class EmbeddedBranch implements GitBranch {
  readonly kind = 'embedded';
  readonly name: string;
  readonly url: string;
  readonly git: Git;
  #isReady = false;

  constructor(options: { directory: string; branch: string; url: string }) {
    this.name = options.branch;
    this.url = options.url;
    this.git = new Git({ directory: options.directory });
  }

  async open(): Promise<void> {
    const { directory } = this.git;
    const isThere = await stat(join(directory, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (isThere && this.#isReady) return;
    // Repeating the initialisation of a half-made repository completes it.
    await mkdir(directory, { recursive: true });
    await this.git.run([
      'init',
      '--quiet',
      '--bare',
      `--initial-branch=${this.name}`,
      directory,
    ]);
    for (const [key, value] of [
      ['receive.denyNonFastForwards', 'true'],
      ['receive.denyDeletes', 'true'],
      ['receive.fsckObjects', 'true'],
      ['core.logAllRefUpdates', 'true'],
    ]) {
      await this.git.run(['config', key, value]);
    }
    await installPushHook(directory);
    this.#isReady = true;
  }

  async fetch(): Promise<string | undefined> {
    const found = await this.git.run(
      ['rev-parse', '--verify', '--quiet', `refs/heads/${this.name}^{commit}`],
      { accept: [0, 1] },
    );
    return found.trim() || undefined;
  }

  async publish(commit: string, parent: string | undefined): Promise<boolean> {
    try {
      await this.git.run([
        'update-ref',
        `refs/heads/${this.name}`,
        commit,
        parent ?? NONE,
      ]);
      return true;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if ((await this.fetch()) !== parent) return false;
      throw error;
    }
  }
}
