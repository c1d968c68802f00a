import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killGroup, spawnGuarded } from '../serving/workers/spawnGuarded';
import { LoadRefusedError } from '../serving/workers/Worker';
import type { EnvironmentPlan } from './plan';

const INSTALL_MS = 20 * 60_000;
/** What pip says last is most often only a hint; its errors tell why. */
const ERROR = /^ERROR:\s*(.*)/;

export interface InstallOptions {
  plan: EnvironmentPlan;
  /** Interpreter that the environment is made with. */
  python: string;
  /** Does not exist yet. */
  folder: string;
  signal: AbortSignal;
  tell(progress: string): void;
}

/**
 * Makes a virtual environment and installs into it. Only wheels are taken:
 * a source distribution runs code of its own while it is installed.
 */
export async function installEnvironment({
  plan,
  python,
  folder,
  signal,
  tell,
}: InstallOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'requirements.txt'), plan.requirements);
  await writeFile(join(folder, 'constraints.txt'), plan.constraints);
  tell('installing Python packages: making the virtual environment');
  const run = (command: string[], said: (line: string) => void) =>
    runToEnd({ command, folder, signal, said });
  await run([python, '-I', '-m', 'venv', '.'], () => {});
  const follow = progressOf(tell);
  for (const { args } of plan.steps) {
    await run(
      [
        ...['bin/python', '-m', 'pip', 'install', '--no-input'],
        ...['--disable-pip-version-check', '--no-color', '--progress-bar=off'],
        ...['--only-binary', ':all:', ...args],
      ],
      follow,
    );
  }
}

/** Makes progress for people of what pip says. */
function progressOf(tell: (progress: string) => void): (line: string) => void {
  let count = 0;
  return line => {
    const collected = /^Collecting (\S+)/.exec(line)?.[1];
    if (collected) {
      count += 1;
      tell(`installing Python packages: ${count}, ${collected}`);
    } else if (line.startsWith('Installing collected packages')) {
      tell(`installing Python packages: unpacking ${count} of them`);
    }
  };
}

async function runToEnd(options: {
  command: string[];
  folder: string;
  signal: AbortSignal;
  said(line: string): void;
}): Promise<void> {
  const { command, folder, said, signal } = options;
  signal.throwIfAborted();
  const child = spawnGuarded({
    command,
    cwd: folder,
    env: installerEnvironment(),
  });
  const errors: string[] = [];
  let last = '';
  const read = (line: string) => {
    const text = line.trim();
    if (text) last = text;
    const error = ERROR.exec(text)?.[1];
    if (error) errors.push(error);
    said(text);
  };
  createInterface({ input: child.stdout! }).on('line', read);
  createInterface({ input: child.stderr! }).on('line', read);
  const stop = () => killGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, INSTALL_MS);
  const code = await new Promise<number | null>(resolve => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code === 0) return;
  const why = isLate
    ? `it took longer than ${INSTALL_MS / 60_000} minutes`
    : errors.join('; ') || last || `the installer ended with code ${code}`;
  throw new LoadRefusedError(
    `its Python packages could not be installed: ${why.slice(0, 600)}`,
    'INSTALL_FAILED',
  );
}

/**
 * The operator's settings for pip (index, proxy, certificates) are for the
 * installer; what is installed never sees them.
 */
function installerEnvironment(): Record<string, string> {
  const wanted =
    /^(PATH|HOME|LANG|LC_ALL|TMPDIR|XDG_\w+|PIP_\w+|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|(https?|no|all)_proxy)$/i;
  const env: Record<string, string> = { HOME: homedir() };
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && wanted.test(name)) env[name] = value;
  }
  return env;
}
