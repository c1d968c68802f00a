import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

export interface GitUser {
  name: string;
  email: string;
}

export const MEI: GitUser = { name: 'Mei Tanaka', email: 'mei@example.com' };

/** What a person has: a clone, worked on with the real program. */
export class GitClone {
  readonly directory: string;
  readonly #user: GitUser;

  private constructor(directory: string, user: GitUser) {
    this.directory = directory;
    this.#user = user;
  }

  static async of(url: string, user = MEI): Promise<GitClone> {
    const directory = mkdtempSync(join(tmpdir(), 'ml-clone-'));
    const clone = new GitClone(directory, user);
    await clone.run('clone', '--quiet', url, '.');
    return clone;
  }

  async run(...args: string[]): Promise<string> {
    const { email, name } = this.#user;
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: this.directory,
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_TERMINAL_PROMPT: '0',
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_COMMITTER_NAME: name,
        GIT_COMMITTER_EMAIL: email,
      },
    });
    return stdout.trim();
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  /** Commits a change of one file. */
  async commit(
    path: string,
    change: (before: string) => string,
    subject = 'A change by hand',
  ): Promise<string> {
    const file = join(this.directory, path);
    let before = '';
    try {
      before = this.read(path);
    } catch {
      mkdirSync(dirname(file), { recursive: true });
    }
    writeFileSync(file, change(before));
    await this.run('add', '--all');
    await this.run('commit', '--quiet', '-m', subject);
    return this.run('rev-parse', 'HEAD');
  }

  async push(): Promise<void> {
    await this.run('pull', '--quiet', '--rebase');
    await this.run('push', '--quiet');
  }

  /** Commits and pushes. */
  async change(...args: Parameters<GitClone['commit']>): Promise<string> {
    await this.run('pull', '--quiet', '--rebase');
    await this.commit(...args);
    await this.push();
    return this.run('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
