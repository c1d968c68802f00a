import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ToolError } from '@ml-platform/packaging';
import { z } from 'zod';

const START_MS = 15 * 60_000;
const STOP_MS = 15_000;
/** Kept of what the server says, for when it fails. */
const TAIL = 4_000;

const readySchema = z.object({
  url: z.url(),
  model: z.string(),
  version: z.string(),
});

/** A packaged model that answers. */
export interface RunningModel {
  url: string;
  model: string;
  version: string;
  stop(): Promise<void>;
}

/**
 * Starts the platform's own inference server on a package: the same worker
 * that would serve it. It knows no secret of this process, and ends with it.
 */
export async function startWorker(options: {
  server: string;
  directory: string;
  /** Keeps Python environments between evaluations. */
  dataDir: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}): Promise<RunningModel> {
  const { dataDir, directory, env, server, signal } = options;
  const child = spawn(
    process.execPath,
    [
      ...[server, 'serve', '--attached', '--model-dir', directory],
      ...['--data-dir', dataDir],
      ...['--port', '0', '--grpc-port', '0', '--log-level', 'warn'],
    ],
    {
      env: plainEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let said = '';
  child.stderr.on('data', chunk => {
    said = `${said}${chunk}`.slice(-TAIL);
  });
  const stop = () => end(child);
  const abort = () => void stop();
  signal?.addEventListener('abort', abort);
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
  try {
    const ready = await firstLine(child, () => said);
    const { model, url, version } = readySchema.parse(JSON.parse(ready));
    return { url, model, version, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function firstLine(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(
        new ToolError({
          code: 'MODEL_NOT_SERVABLE',
          message: `The packaged model cannot be served: ${
            lastWords(said()) || what
          }`,
        }),
      );
    const timer = setTimeout(
      () => fail(`it was not ready after ${START_MS / 60_000} minutes`),
      START_MS,
    );
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('error', error => fail(error.message));
    child.once('close', code => fail(`its server ended with ${code}`));
    child.once('close', () => clearTimeout(timer));
    child.stdout!.once('data', () => clearTimeout(timer));
  });
}

function lastWords(text: string): string {
  const last = text.trim().split('\n').at(-1) ?? '';
  return last.replace(/^ml-inference-server: /, '');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise(resolve => child.once('close', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await closed;
  clearTimeout(timer);
}

/**
 * What a program of others gets to see: where programs are, and nothing secret.
 * @public
 */
export function plainEnvironment(
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'ML_PYTHON', 'ML_CONTAINER_ENGINE'];
  const kept = names.flatMap(name =>
    env[name] === undefined ? [] : [[name, env[name]!]],
  );
  // pip reads where packages come from.
  const pip = Object.entries(env).filter(([name]) => name.startsWith('PIP_'));
  return { ...Object.fromEntries([...kept, ...pip]), LANG: 'C.UTF-8' };
}
