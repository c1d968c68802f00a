import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { FriendlyError } from './FriendlyError.mjs';
import { root } from './paths.mjs';
import { runStep } from './run.mjs';
import { isFresh, writeStamp } from './stamps.mjs';

const execute = promisify(execFile);

/**
 * Installs a program from PyPI, once, into a virtual environment of its own.
 *
 * @param {{
 *   folder: string, args: string[], hash: string, program: string,
 *   logFile: string, env: NodeJS.ProcessEnv,
 * }} options - `args` go to `pip install`; it is done anew when `hash` changes
 * @returns {Promise<string>} the folder that holds the program
 */
export async function installWithPip(options) {
  const { folder, args, hash, program, logFile, env } = options;
  const stamp = path.join(folder, 'requirements.sha256');
  const bin = path.join(folder, 'bin');
  if (isFresh(stamp, hash) && existsSync(path.join(bin, program))) return bin;
  const python = await findPython(env);
  if (!python) throw new FriendlyError('Python 3 was not found.');
  const step = { cwd: root, env, logFile, show: 'nothing' };
  rmSync(folder, { recursive: true, force: true });
  await runStep({
    ...step,
    title: `Make a Python environment for ${program}`,
    command: python,
    args: ['-m', 'venv', folder],
  });
  await runStep({
    ...step,
    title: `Install ${program}`,
    command: path.join(bin, 'python'),
    args: [
      ...['-m', 'pip', 'install', '--disable-pip-version-check'],
      // Python compiles what it imports by itself, which is a small part.
      ...['--no-compile', ...args],
    ],
  });
  writeStamp(stamp, hash);
  return bin;
}

async function findPython(env) {
  for (const name of ['python3', 'python']) {
    try {
      const { stdout } = await execute(name, ['--version'], { env });
      if (/^Python 3\./.test(stdout)) return name;
    } catch {
      // Try the next name.
    }
  }
  return undefined;
}
