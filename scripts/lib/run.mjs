import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { FriendlyError } from './FriendlyError.mjs';
import { signalGroup } from './processes.mjs';
import { display } from './paths.mjs';
import { done, duration, interactive, say, status } from './terminal.mjs';

const running = new Set();

/** Ends the steps under way, with everything that they started. */
export function abortSteps() {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
}

/**
 * Runs one step of a set-up: its output goes to a log, progress to the
 * terminal, and the log's tail into the error when it fails.
 *
 * @param {{
 *   title: string, command: string, args: string[], cwd: string,
 *   env: NodeJS.ProcessEnv, logFile: string, timeoutMs?: number,
 *   show?: 'all' | 'progress' | 'nothing', label?: string,
 * }} options - `label` tells progress of steps at the same time apart
 */
export async function runStep(options) {
  const { title, command, args, logFile, show = 'all', label } = options;
  const started = Date.now();
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  writeSync(log, `$ ${[command, ...args].join(' ')}\n`);
  if (show === 'all') say(`  ${title} …`);
  const progress =
    show === 'nothing' ? undefined : showProgress(started, label);
  try {
    const outcome = await runToEnd(options, chunk => {
      writeSync(log, chunk);
      progress?.update(chunk);
    });
    if (outcome.code !== 0) {
      const how = outcome.signal ?? `exit code ${outcome.code}`;
      throw new FriendlyError(
        `${title}: failed (${how}). The whole log: ${display(logFile)}`,
        { details: failures(logFile) || tail(logFile, 30) },
      );
    }
  } finally {
    progress?.end();
    closeSync(log);
  }
  if (show === 'all') done(`${title} (${duration(Date.now() - started)})`);
}

async function runToEnd({ title, command, args, cwd, env, timeoutMs }, onData) {
  const child = spawn(command, args, {
    cwd,
    // Logs are read in editors and on pages.
    env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that it can be ended with all that it started.
    detached: true,
  });
  if (child.pid) running.add(child.pid);
  child.stdout.on('data', onData);
  child.stderr.on('data', onData);
  const timer =
    timeoutMs && setTimeout(() => signalGroup(child.pid, 'SIGKILL'), timeoutMs);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', cause =>
        reject(
          new FriendlyError(`${title}: cannot run "${command}".`, { cause }),
        ),
      );
      child.on('close', (code, signal) => resolve({ code, signal }));
    });
  } finally {
    clearTimeout(timer);
    running.delete(child.pid);
  }
}

/** Time and last line: in place on a terminal, else now and then. */
function showProgress(started, label) {
  let lastLine = '';
  const prefix = label ? `${label}, ` : '';
  const line = () =>
    `    ${prefix}${duration(Date.now() - started)}  ${lastLine}`;
  const timer = setInterval(
    () => (interactive ? status(line()) : say(line().slice(0, 120))),
    interactive ? 1_000 : 20_000,
  );
  return {
    update(chunk) {
      const lines = String(chunk)
        .trimEnd()
        .split(/[\r\n]+/);
      // eslint-disable-next-line no-control-regex
      lastLine = (lines.at(-1) ?? '').replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, '');
      status(line());
    },
    end: () => clearInterval(timer),
  };
}

/** The last lines of a file. */
export function tail(file, lines) {
  try {
    const text = readFileSync(file, 'utf8').trimEnd();
    return text.split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

const FAILURE_LINES = 25;
const ALL_FAILURE_LINES = 100;

/** The beginnings of Jest's failures in a log, which its tail may not show. */
function failures(file) {
  const shown = [];
  let left = 0;
  for (const line of tail(file, 20_000).split('\n')) {
    if (/^ {2}● /.test(line)) left = FAILURE_LINES;
    else if (/^(PASS|FAIL|Test Suites:)/.test(line)) left = 0;
    if (left-- > 0) shown.push(line);
  }
  // A log with several failing suites has a summary that says all again.
  return shown.slice(0, ALL_FAILURE_LINES).join('\n');
}
