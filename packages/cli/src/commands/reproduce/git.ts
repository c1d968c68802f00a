import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const TIMEOUT_MS = 10 * 60_000;

export type Checkout =
  | { state: 'matches'; commit: string }
  | { state: 'missing' | 'unchecked'; detail: string };

/**
 * Checks a commit of a repository out into a new folder.
 *
 * @remarks
 * The address comes from a package, so it is trusted with nothing: only the
 * usual transports, no hooks, no submodules, no prompt.
 */
export async function checkOut(options: {
  repository: string;
  commit: string;
  directory: string;
}): Promise<Checkout> {
  const { commit, directory, repository } = options;
  if (!/^[0-9a-f]{4,64}$/i.test(commit)) {
    return {
      state: 'unchecked',
      detail: `'${commit}' is not the id of a commit, so it may point elsewhere by now`,
    };
  }
  if (repository.startsWith('-')) {
    return { state: 'unchecked', detail: 'its address is not one of Git' };
  }
  await mkdir(directory, { recursive: true });
  await git(directory, 'init', '--quiet', '--template=');
  try {
    if (!(await fetchCommit(directory, repository, commit))) {
      // Not every server gives a commit by its id, and no one by half of it.
      await git(
        directory,
        ...['fetch', '--quiet', '--no-recurse-submodules', '--', repository],
        ...['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'],
      );
    }
  } catch (error) {
    const detail = `${repository} cannot be read: ${lastLine(error)}`;
    return { state: 'missing', detail };
  }
  let found: string;
  try {
    found = await git(
      directory,
      ...['rev-parse', '--verify', '--quiet', `${commit}^{commit}`],
    );
  } catch {
    const detail = `${repository} has no commit ${commit}`;
    return { state: 'missing', detail };
  }
  await git(directory, 'checkout', '--quiet', '--detach', found);
  return { state: 'matches', commit: found };
}

async function fetchCommit(
  directory: string,
  repository: string,
  commit: string,
): Promise<boolean> {
  if (commit.length < 40) return false;
  try {
    await git(
      directory,
      ...['fetch', '--quiet', '--depth=1', '--no-recurse-submodules'],
      ...['--', repository, commit],
    );
    return true;
  } catch {
    return false;
  }
}

async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'git',
    [
      ...['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false'],
      ...['-c', 'core.autocrlf=false', ...args],
    ],
    {
      cwd: directory,
      timeout: TIMEOUT_MS,
      maxBuffer: 64 * 1024 * 1024,
      env: {
        ...process.env,
        GIT_DIR: undefined,
        GIT_WORK_TREE: undefined,
        GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
      },
    },
  );
  return stdout.trim();
}

function lastLine(error: unknown): string {
  const { code, message, stderr } = error as Error & {
    code?: unknown;
    stderr?: string;
  };
  if (code === 'ENOENT') return 'git is not installed';
  return stderr?.trim().split('\n').at(-1) || message;
}
