import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs Git in a folder, as one and the same person and with no settings of this machine. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, {
    cwd,
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Mia',
      GIT_AUTHOR_EMAIL: 'mia@example.com',
      GIT_COMMITTER_NAME: 'Mia',
      GIT_COMMITTER_EMAIL: 'mia@example.com',
    },
  });
  return stdout.trim();
}
