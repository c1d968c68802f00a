import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LoadRefusedError } from '../serving/workers/Worker';

const run = promisify(execFile);
const ASK_MS = 20_000;
/** Both are in Python itself, but Debian splits the latter off. */
const PROBE =
  "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";

/**
 * The interpreter for a version such as `3.11` or `3.11.7`. The minor version
 * has to be that: compiled packages and pickles depend on it. The patch may
 * differ.
 */
export async function findPython(
  wanted: string,
  /** Interpreters to try first. */
  configured: readonly string[],
): Promise<string> {
  const minor = minorOf(wanted);
  const incomplete: string[] = [];
  for (const candidate of [
    ...configured,
    `python${minor}`,
    ...(await fromPyenv(minor)),
    'python3',
    'python',
  ]) {
    const answer = await ask(candidate);
    if (answer === minor) return candidate;
    if (answer === undefined && (await ask(candidate, 'print(1)')) === '1') {
      incomplete.push(candidate);
    }
  }
  throw new LoadRefusedError(
    `Python ${minor} with venv is not on this machine${
      incomplete.length
        ? ` (${incomplete.join(
            ', ',
          )}: without venv; install python${minor}-venv)`
        : ''
    }; install it, or name its interpreter in ML_PYTHON of the inference server`,
    'PYTHON_MISSING',
  );
}

/** `3.11` of `3.11.7`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

async function ask(
  python: string,
  program = PROBE,
): Promise<string | undefined> {
  try {
    const { stdout } = await run(python, ['-I', '-c', program], {
      timeout: ASK_MS,
    });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

/** Newest first. Its shims answer only for versions that somebody activated. */
async function fromPyenv(minor: string): Promise<string[]> {
  const root = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'));
  const names = await readdir(join(root, 'versions')).catch(() => []);
  return names
    .filter(name => minorOf(name) === minor)
    .sort((a, b) => Number(b.split('.')[2]) - Number(a.split('.')[2]))
    .map(name => join(root, 'versions', name, 'bin/python'));
}
