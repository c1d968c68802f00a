import type {
  Environment,
  Routes,
  ServedVersion,
  ServedVersionStatus,
  ServingStatus,
  Split,
} from '@ml-platform/plugin-ml-common';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from './waitFor';

// eslint-disable-next-line no-restricted-syntax
const BUNDLE = join(__dirname, '../../dist/server.cjs');

/** What any call is answered with. */
export interface Answer<T = any> {
  status: number;
  headers: Headers;
  body: T;
  /** The body as it came: longer integers than a double holds are only here. */
  text: string;
}

/** The real server as a process of its own, and its two APIs. */
export class ServerProcess {
  static readonly token = 'control-token-of-the-tests';

  static environment(options: {
    dataDir: string;
    registryUrl: string;
    env?: NodeJS.ProcessEnv;
  }): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NODE_OPTIONS: '',
      ML_INFERENCE_DIR: options.dataDir,
      ML_CONTROL_TOKEN: ServerProcess.token,
      ML_CONTROL_PORT: '0',
      ML_PRODUCTION_PORT: '0',
      ML_STAGING_PORT: '0',
      ML_REGISTRY_URL: options.registryUrl,
      ML_REGISTRY_TOKEN: 'registry-token',
      ...options.env,
    };
  }

  static async start(options: {
    dataDir: string;
    registryUrl: string;
    /** Command that starts it, where it is not the usual one. */
    words?: string[];
    env?: NodeJS.ProcessEnv;
  }): Promise<ServerProcess> {
    const child = spawn(process.execPath, [BUNDLE, ...(options.words ?? [])], {
      env: ServerProcess.environment(options),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    const line = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'exit').then(() => undefined),
    ]);
    if (!line) throw new Error(`the server did not start: ${server.log}`);
    const { grpc, ...addresses } = JSON.parse(line[0]);
    server.addresses = addresses;
    server.grpcAddresses = grpc;
    return server;
  }

  /** Runs a command, or a start that is meant to fail, to its end. */
  static async run(
    env: NodeJS.ProcessEnv,
    words: string[] = [],
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [BUNDLE, ...words], { env });
    const server = new ServerProcess(child);
    let stdout = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, stdout, stderr: server.log };
  }

  addresses: Record<Environment | 'control', string> & { ops?: string } = {
    control: '',
    production: '',
    staging: '',
  };
  /** `host:port` of the gateways for gRPC. */
  grpcAddresses: Record<Environment, string> = { production: '', staging: '' };
  /** All that it wrote to stderr. */
  log = '';
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stderr?.on('data', chunk => {
      this.log += chunk;
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Sends a signal and waits for the end; returns the exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    return this.#child.exitCode;
  }

  /** Process ids of the workers, found as an operator would. */
  workerPids(): number[] {
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .split('\n')
      .map(line => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === this.pid)
      .map(([pid]) => pid)
      .filter(pid => isWorker(pid));
  }

  async control<T>(
    method: string,
    path: string,
    body?: unknown,
    token: string = ServerProcess.token,
  ): Promise<Answer<T>> {
    return call(method, `${this.addresses.control}/control/v1${path}`, body, {
      authorization: `Bearer ${token}`,
    });
  }

  async status(): Promise<ServingStatus> {
    return (await this.control<ServingStatus>('GET', '/status')).body;
  }

  async version(
    version: string,
    model = 'test',
    environment: Environment = 'production',
  ): Promise<ServedVersionStatus> {
    const path = `${modelPath(environment, model)}/versions/${version}`;
    return (await this.control<ServedVersionStatus>('GET', path)).body;
  }

  /** Accepts a version and waits until it is in the state. */
  async load(
    spec: ServedVersion,
    state: ServedVersionStatus['state'] = 'ready',
    model = 'test',
    environment: Environment = 'production',
  ): Promise<ServedVersionStatus> {
    const { status, body } = await this.control(
      'PUT',
      `${modelPath(environment, model)}/versions/${spec.version}`,
      spec,
    );
    if (status !== 202) throw new Error(JSON.stringify(body));
    return this.until(spec.version, state, model, environment);
  }

  async until(
    version: string,
    state: ServedVersionStatus['state'],
    model = 'test',
    environment: Environment = 'production',
  ): Promise<ServedVersionStatus> {
    let last: ServedVersionStatus | undefined;
    return waitFor(`${model}@${version} to be ${state}`, async () => {
      last = await this.version(version, model, environment);
      return last.state === state ? last : undefined;
    }).catch(error => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
    });
  }

  /** Routes a model; the split of majors follows from the versions. */
  async route(
    generation: number,
    split: Split,
    model = 'test',
    environment: Environment = 'production',
  ): Promise<Answer> {
    const majors: Routes['majors'] = {};
    for (const part of split) {
      (majors[part.version.split('.')[0]] ??= []).push(part);
    }
    return this.control('PUT', `${modelPath(environment, model)}/routes`, {
      generation,
      split,
      majors,
    });
  }

  async infer(
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
    environment: Environment = 'production',
  ): Promise<Answer> {
    const url = `${this.addresses[environment]}/v2/models/${path}/infer`;
    return call('POST', url, body, headers);
  }

  async get(
    path: string,
    environment: Environment = 'production',
  ): Promise<Answer> {
    return call('GET', `${this.addresses[environment]}${path}`);
  }
}

export function modelPath(environment: Environment, model: string): string {
  return `/environments/${environment}/models/${model}`;
}

async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers,
    body:
      typeof body === 'string' || body === undefined
        ? body
        : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text && JSON.parse(text),
  };
}

function isWorker(pid: number): boolean {
  try {
    const args = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    return args.includes('worker');
  } catch {
    return false;
  }
}
