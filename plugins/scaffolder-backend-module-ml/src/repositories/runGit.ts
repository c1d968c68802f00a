import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs git, without what the machine's user has configured for themselves. */
export async function runGit(
  args: string[],
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  try {
    const { stdout } = await run('git', args, {
      maxBuffer: 16 * 1024 * 1024,
      env: {
        PATH: process.env.PATH,
        LC_ALL: 'C.UTF-8',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_TERMINAL_PROMPT: '0',
        ...options.env,
      },
    });
    return stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error(
        'git is not installed on the machine of the portal; install it, then run the task again',
      );
    }
    throw new Error(`git ${args.at(-1)} failed: ${stderr?.trim() ?? error}`);
  }
}
