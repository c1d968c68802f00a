import { spawn } from 'node:child_process';
import { ServiceUnavailableError } from '@backstage/errors';

export interface GitRun {
  input?: string | Buffer;
  env?: Record<string, string>;
  /** Exit codes that are no failure; 0 alone by default. */
  accept?: number[];
}

/** Git ran, and did not do what it was asked for. */
export class GitError extends Error {
  readonly exitCode: number | null;

  constructor(args: string[], exitCode: number | null, stderr: string) {
    super(`git ${args[0]} failed: ${stderr.trim() || `exit ${exitCode}`}`);
    this.name = 'GitError';
    this.exitCode = exitCode;
  }
}

const MAX_OUTPUT = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** Variables by which a surrounding Git would make ours work elsewhere. */
const OWN_VARIABLES = /^GIT_(?!SSL_|CURL_VERBOSE|TRACE)/;

/**
 * Runs the `git` program on one repository, with no settings of the user that
 * the portal runs as.
 */
export class Git {
  readonly directory: string;

  constructor(options: { directory: string }) {
    this.directory = options.directory;
  }

  /** For a process of Git that somebody else starts. */
  environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !OWN_VARIABLES.test(name)),
    );
    return {
      ...inherited,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
      ...extra,
    };
  }

  /** Before every command: the folder may belong to another user of a container. */
  get options(): string[] {
    return [
      '-c',
      'safe.directory=*',
      '-c',
      'core.fsync=committed,loose-object,reference',
    ];
  }

  async run(args: string[], options: GitRun = {}): Promise<string> {
    return (await this.runBinary(args, options)).toString('utf8');
  }

  async runBinary(args: string[], options: GitRun = {}): Promise<Buffer> {
    const { code, stdout, stderr } = await this.#spawn(
      ['--git-dir', this.directory, ...this.options, ...args],
      options,
    );
    if (!(options.accept ?? [0]).includes(code ?? -1)) {
      throw new GitError(args, code, stderr);
    }
    return stdout;
  }

  /** Whether a command that answers by its exit code says yes. */
  async succeeds(args: string[]): Promise<boolean> {
    try {
      await this.run(args);
      return true;
    } catch (error) {
      if (error instanceof GitError) return false;
      throw error;
    }
  }

  #spawn(
    args: string[],
    { env, input }: GitRun,
  ): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn('git', args, {
        env: this.environment(env),
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
      });
      const chunks: Buffer[] = [];
      let size = 0;
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_OUTPUT) child.kill('SIGKILL');
        else chunks.push(chunk);
      });
      child.stderr.on('data', chunk => {
        stderr = `${stderr}${chunk}`.slice(-4000);
      });
      child.on('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'ENOENT' ? gitIsMissing() : error),
      );
      child.on('close', (code, signal) =>
        resolve({
          code,
          stdout: Buffer.concat(chunks),
          stderr: signal ? `${stderr}\nended by ${signal}` : stderr,
        }),
      );
      // A program that ends early needs no more input; its exit code says why.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  }
}

export function gitIsMissing(): Error {
  return new ServiceUnavailableError(
    'The program git is not installed where the portal runs; install git 2.31 or newer, and the platform catches up by itself',
  );
}
