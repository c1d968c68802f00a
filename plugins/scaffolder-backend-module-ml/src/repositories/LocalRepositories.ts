import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConflictError, InputError } from '@backstage/errors';
import { runGit } from './runGit';

const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const BRANCH = 'main';

const at = (repository: string) => [`--git-dir=${repository}`];

/** A bare repository of the data folder. */
export interface LocalRepository {
  /** What `git clone` takes, on the machine of the portal. */
  cloneUrl: string;
  commit: string;
  /** Whether it was there already, with the same files. */
  isUnchanged: boolean;
}

/**
 * Bare Git repositories in a folder: what a portal on one machine has instead
 * of a Git server.
 */
export class LocalRepositories {
  readonly #directory: string;

  constructor(options: { directory: string }) {
    this.#directory = resolve(options.directory);
  }

  /**
   * Makes a repository whose first commit has the files of a folder. It is made
   * beside its place and moved there: it is whole, or absent. The same files
   * again are no change, so that a task can be taken up again.
   */
  async create(options: {
    name: string;
    source: string;
    message: string;
    author: { name: string; email: string };
  }): Promise<LocalRepository> {
    const { author, message, name, source } = options;
    if (!NAME.test(name) || name.length > 100) {
      throw new InputError(
        `'${name}' cannot be the name of a repository: use lower-case letters, digits, dots and dashes`,
      );
    }
    const target = join(this.#directory, `${name}.git`);
    await mkdir(this.#directory, { recursive: true });
    const draft = await mkdtemp(join(this.#directory, `.${name}-`));
    try {
      await runGit(['init', '--quiet', '--bare', '-b', BRANCH, draft]);
      const commit = await commitAll(draft, { source, message, author });
      if (!(await moveTo(draft, target))) {
        await expectSame(name, target, draft);
        const there = await runGit([...at(target), 'rev-parse', BRANCH]);
        return { ...this.#describe(target, there), isUnchanged: true };
      }
      return { ...this.#describe(target, commit), isUnchanged: false };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  #describe(target: string, commit: string) {
    return { cloneUrl: pathToFileURL(target).href, commit };
  }
}

async function commitAll(
  repository: string,
  options: {
    source: string;
    message: string;
    author: { name: string; email: string };
  },
): Promise<string> {
  const { author, message, source } = options;
  const git = [...at(repository), '-c', 'core.bare=false'];
  await runGit([...git, `--work-tree=${source}`, 'add', '--all']);
  await runGit(
    [...git, `--work-tree=${source}`, 'commit', '--quiet', '-m', message],
    {
      env: {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_COMMITTER_NAME: author.name,
        GIT_COMMITTER_EMAIL: author.email,
      },
    },
  );
  await rm(join(repository, 'index'), { force: true });
  return runGit([...at(repository), 'rev-parse', BRANCH]);
}

/** Whether the place was free. */
async function moveTo(draft: string, target: string): Promise<boolean> {
  if (existsSync(target)) return false;
  try {
    await rename(draft, target);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another task was faster; a folder with something in it is never replaced.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

async function expectSame(name: string, target: string, draft: string) {
  const roots = await runGit([
    ...at(target),
    'rev-list',
    '--max-parents=0',
    BRANCH,
  ]);
  const [first, made] = await Promise.all([
    runGit([...at(target), 'rev-parse', `${roots.split('\n')[0]}^{tree}`]),
    runGit([...at(draft), 'rev-parse', `${BRANCH}^{tree}`]),
  ]);
  if (first === made) return;
  throw new ConflictError(
    `There is a repository '${name}' already, with other files; choose another name, or have an admin remove ${target}`,
  );
}
