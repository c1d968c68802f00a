import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** Where in Git a model directory is. */
export interface Origin {
  repository?: string;
  /** Absent where tracked files differ from it. */
  commit?: string;
  isDirty: boolean;
}

/** Finds the Git checkout that a directory is in, or will be in. */
export async function findOrigin(
  directory: string,
): Promise<Origin | undefined> {
  let folder = directory;
  while (!existsSync(folder)) folder = dirname(folder);
  const commit = await git(folder, 'rev-parse', '--verify', 'HEAD');
  if (!commit) return undefined;
  // Files that Git does not know are the rule here: the model was just exported.
  const changes = await git(
    folder,
    'status',
    '--porcelain',
    '--untracked-files=no',
  );
  const remote = await git(folder, 'remote', 'get-url', 'origin');
  const repository = remote && publicAddress(remote);
  // Where the changes cannot be listed, nothing is claimed.
  const isDirty = changes !== '';
  return {
    ...(repository && { repository }),
    ...(!isDirty && { commit }),
    isDirty,
  };
}

/** Whether the history of a checkout holds a commit; undefined where there is none. */
export async function hasCommit(
  folder: string,
  commit: string,
): Promise<boolean | undefined> {
  if (!(await git(folder, 'rev-parse', '--verify', 'HEAD'))) return undefined;
  // It fails for a commit that is unknown as well as for one of another branch.
  return (
    (await git(folder, 'merge-base', '--is-ancestor', commit, 'HEAD')) !==
    undefined
  );
}

/** The address without passwords and tokens; none for a folder of this machine. */
export function publicAddress(remote: string): string | undefined {
  if (/^(https?|ssh|git):\/\//.test(remote)) {
    if (!URL.canParse(remote)) return undefined;
    const url = new URL(remote);
    url.password = '';
    if (url.protocol.startsWith('http')) url.username = '';
    url.search = '';
    return url.href;
  }
  // As in git@host:team/model.git; a single letter would be a drive.
  return /^(\w[\w.-]*@)?[\w.-]{2,}:(?!\/\/)[^\\:@]+$/.test(remote)
    ? remote
    : undefined;
}

/** What Git says; undefined where it fails or is not installed. */
async function git(
  folder: string,
  ...args: string[]
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: folder,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
      timeout: 10_000,
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
