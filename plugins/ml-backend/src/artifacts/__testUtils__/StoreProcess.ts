import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3Options } from '../s3/S3Options';
import { freePorts } from './freePorts';
import { RegistryClient } from './RegistryClient';

export const TOKEN = 'a-token-of-a-test-that-may-do-all';
export const PULL_TOKEN = 'a-token-of-a-test-that-may-only-pull';

export interface StoreProcessOptions {
  /** Where configuration, database and blobs lie. */
  directory: string;
  reservedBytes?: number;
  /** Where the bytes lie instead. */
  s3?: S3Options;
  /** Puts the blobs on a file system of this size that only the process sees. */
  diskBytes?: number;
}

export interface MemoryUsage {
  rss: number;
  peakRss: number;
}

/** The artifact store in a Backstage backend of its own, a real child process. */
export class StoreProcess {
  readonly #child: ChildProcess;
  readonly client: RegistryClient;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.client = new RegistryClient(url, TOKEN);
  }

  static async start(options: StoreProcessOptions): Promise<StoreProcess> {
    const { directory, diskBytes } = options;
    const [port] = await freePorts(1);
    const blobs = join(directory, 'artifacts');
    await mkdir(blobs, { recursive: true });
    const configFile = join(directory, 'app-config.json');
    await writeFile(
      configFile,
      JSON.stringify({
        backend: {
          baseUrl: `http://127.0.0.1:${port}`,
          listen: { host: '127.0.0.1', port },
          database: {
            client: 'better-sqlite3',
            connection: { directory: join(directory, 'database') },
          },
          auth: {
            externalAccess: [
              access(TOKEN, [
                'ml.artifact.pull',
                'ml.artifact.push',
                'ml.artifact.delete',
              ]),
              access(PULL_TOKEN, ['ml.artifact.pull']),
            ],
          },
        },
        permission: { enabled: true },
        store: {
          directory: blobs,
          reservedBytes: options.reservedBytes,
          s3: options.s3,
        },
      }),
    );
    const node = [
      process.execPath,
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
      join(__dirname, 'storeServer.ts'),
      '--config',
      configFile,
    ];
    const [command, ...args] = diskBytes
      ? onSmallDisk(blobs, diskBytes, node)
      : node;
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    });
    const output: string[] = [];
    child.stdout!.on('data', text => output.push(String(text)));
    child.stderr!.on('data', text => output.push(String(text)));
    await Promise.race([
      message(child, isReady),
      once(child, 'exit').then(() => {
        throw new Error(`The store did not start:\n${output.join('')}`);
      }),
    ]);
    return new StoreProcess(child, `http://127.0.0.1:${port}`);
  }

  /** Memory now, and the most of it since the last call; in bytes. */
  async measureMemory(): Promise<MemoryUsage> {
    const answer = message(this.#child, isUsage);
    this.#child.send('usage');
    return answer;
  }

  /** Ends it as a crash or a power cut would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

function isReady(value: unknown): value is 'ready' {
  return value === 'ready';
}

function isUsage(value: unknown): value is MemoryUsage {
  return typeof (value as MemoryUsage).peakRss === 'number';
}

/** Backstage sends messages of its own on the same channel. */
async function message<T>(
  child: ChildProcess,
  matches: (value: unknown) => value is T,
): Promise<T> {
  for (;;) {
    const [value] = await once(child, 'message');
    if (matches(value)) return value;
  }
}

function access(token: string, permission: string[]) {
  return {
    type: 'static',
    options: { token, subject: 'store-test' },
    accessRestrictions: [{ plugin: 'ml', permission }],
  };
}

function onSmallDisk(path: string, bytes: number, command: string[]) {
  const mount = `mount -t tmpfs -o size=${bytes} tmpfs '${path}' || {
    echo 'A small disk cannot be mounted here: run the tests as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1).' >&2
    exit 1
  }
  exec "$@"`;
  const flags = process.getuid?.() === 0 ? '-m' : '-rm';
  return ['unshare', flags, 'sh', '-c', mount, 'sh', ...command];
}
