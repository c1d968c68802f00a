import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceUnavailableError } from '@backstage/errors';
import { Git, GitError } from './Git';
import type { GitBranch } from './GitBranch';

/** Where we keep what we last saw of the branch. */
const SEEN = 'refs/platform/seen';

/**
 * The branch of a repository on a Git server. What is kept on this machine is
 * a copy that can be lost.
 */
export class RemoteBranch implements GitBranch {
  readonly kind = 'remote';
  readonly name: string;
  readonly url: string;
  readonly git: Git;
  readonly #getAuthorization: () => Promise<string | undefined>;

  constructor(options: {
    /** Of the copy. */
    directory: string;
    branch: string;
    url: string;
    /** Value of the header that the server is shown; drawn anew each time. */
    getAuthorization: () => Promise<string | undefined>;
  }) {
    this.name = options.branch;
    this.url = options.url;
    this.git = new Git({ directory: options.directory });
    this.#getAuthorization = options.getAuthorization;
  }

  async open(): Promise<void> {
    const { directory } = this.git;
    const isThere = await stat(join(directory, 'HEAD')).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await mkdir(directory, { recursive: true });
    await this.git.run(['init', '--quiet', '--bare', directory]);
  }

  async fetch(): Promise<string | undefined> {
    const reference = `refs/heads/${this.name}`;
    const listed = await this.#talk(['ls-remote', this.url, reference]);
    const head = /^([0-9a-f]{40,64})\t/.exec(listed)?.[1];
    if (!head) return undefined;
    if (!(await this.git.succeeds(['cat-file', '-e', `${head}^{commit}`]))) {
      await this.#talk([
        'fetch',
        '--quiet',
        '--no-tags',
        this.url,
        `+${reference}:${SEEN}`,
      ]);
    }
    // Somebody may have pushed between the two.
    await this.git.run(['update-ref', SEEN, head]);
    return head;
  }

  async publish(commit: string, parent: string | undefined): Promise<boolean> {
    try {
      await this.#talk([
        'push',
        '--quiet',
        this.url,
        `${commit}:refs/heads/${this.name}`,
      ]);
      return true;
    } catch (error) {
      const head = await this.fetch();
      if (head && (await this.#contains(head, commit))) return true;
      if (head !== parent) return false;
      throw error;
    }
  }

  /** The answer may be lost of a push that was taken. */
  #contains(head: string, commit: string): Promise<boolean> {
    return this.git.succeeds(['merge-base', '--is-ancestor', commit, head]);
  }

  /** The secret is in the environment alone, for everybody can list arguments. */
  async #talk(args: string[]): Promise<string> {
    const authorization = await this.#getAuthorization();
    try {
      return await this.git.run(args, {
        env: authorization
          ? {
              GIT_CONFIG_COUNT: '1',
              GIT_CONFIG_KEY_0: `http.${this.url}.extraHeader`,
              GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
            }
          : {},
      });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      throw new ServiceUnavailableError(
        `${this.url} does not do what was asked: ${error.message}`,
      );
    }
  }
}
