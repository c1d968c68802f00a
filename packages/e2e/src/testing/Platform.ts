import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Environment, MlClient } from '@ml-platform/plugin-ml-common';
import { freePorts } from './freePorts';
import { stillRunning } from './processes';
import { type Outcome, repository, run, type RunOptions } from './run';
import { until } from './until';

export type ServiceName = 'portal' | 'inference server' | 'identity provider';

export interface Ports {
  portal: number;
  production: number;
  staging: number;
  control: number;
  identity: number;
  productionGrpc: number;
  stagingGrpc: number;
}

const START_MS = 240_000;

/** Canaries of tests that are not about them: over soon, with or without traffic. */
const CANARY = {
  steps: [
    { weight: 20, hold: '1s' },
    { weight: 100, hold: '1s' },
  ],
  tick: '500ms',
  clientCap: 10_000,
  insufficientEvidence: 'synthetic',
};

/**
 * A platform of its own for a test: `npm start` as a process, with a temporary
 * data folder and free ports.
 */
export class Platform {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly url: string;
  readonly #env: NodeJS.ProcessEnv;
  #child?: ChildProcess;
  #ended?: Promise<number | null>;
  #output = '';

  private constructor(dataDir: string, ports: Ports, env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.dataDir = dataDir;
    this.ports = ports;
    this.url = `http://localhost:${ports.portal}`;
  }

  /** `env` comes on top of what every platform gets. */
  static async create(env: NodeJS.ProcessEnv = {}): Promise<Platform> {
    const dataDir = mkdtempSync(join(tmpdir(), 'ml-platform-e2e-'));
    const [portal, production, staging, control, identity, ...grpc] =
      await freePorts(7);
    const [productionGrpc, stagingGrpc] = grpc;
    const ports = { portal, production, staging, control, identity };
    const all = { ...ports, productionGrpc, stagingGrpc };
    return new Platform(dataDir, all, env);
  }

  /** A platform that is ready, with the example models. */
  static async start(env?: NodeJS.ProcessEnv): Promise<Platform> {
    const platform = await Platform.create(env);
    await platform.start();
    return platform;
  }

  /** What the start script has printed since it was last started. */
  get output(): string {
    return this.#output;
  }

  /** Id of the start script. */
  get pid(): number {
    if (!this.#child?.pid) throw new Error('The platform is not started');
    return this.#child.pid;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      APP_CONFIG_ml_releases_canary: JSON.stringify(CANARY),
      ...this.#env,
      // Otherwise a run by Yarn would be taken for `yarn start`.
      npm_config_user_agent: '',
      NODE_ENV: undefined,
      ML_DATA_DIR: this.dataDir,
      ML_PORT: String(this.ports.portal),
      ML_PRODUCTION_PORT: String(this.ports.production),
      ML_STAGING_PORT: String(this.ports.staging),
      ML_PRODUCTION_GRPC_PORT: String(this.ports.productionGrpc),
      ML_STAGING_GRPC_PORT: String(this.ports.stagingGrpc),
      ML_CONTROL_PORT: String(this.ports.control),
      ML_IDENTITY_PORT: String(this.ports.identity),
      ML_CONFIG: join(this.dataDir, 'config.json'),
    };
  }

  /** Of the person as whom the `ml` command is signed in. */
  get token(): string {
    const sessions = readFileSync(join(this.dataDir, 'sessions.json'), 'utf8');
    return JSON.parse(sessions)[this.url].accessToken;
  }

  /** Acts as the person as whom the `ml` command is signed in. */
  get client(): MlClient {
    return this.clientWith(() => this.token);
  }

  /** Acts as whoever the token is of. */
  clientWith(token: string | (() => string)): MlClient {
    return new MlClient({
      baseUrl: async () => `${this.url}/api/ml`,
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...init?.headers,
            authorization: `Bearer ${
              typeof token === 'string' ? token : token()
            }`,
          },
        }),
    });
  }

  gateway(environment: Environment): string {
    return `http://localhost:${this.ports[environment]}`;
  }

  /** Starts the platform; resolves once it says that it is ready. */
  async start(): Promise<void> {
    this.launch();
    const ready = await Promise.race([
      until(() => this.#output.includes('ML Platform is ready'), {
        what: 'the platform is ready',
        timeoutMs: START_MS,
      }),
      this.#ended!.then(() => false),
    ]);
    if (!ready) throw new Error(`The start failed:\n${this.#output}`);
  }

  /** Runs the start script without waiting for anything. */
  launch(): void {
    this.#output = '';
    const child = spawn(
      process.execPath,
      // Should this test be killed, the platform ends as well.
      [
        '--require',
        join(repository, 'scripts/lib/followParent.cjs'),
        join(repository, 'scripts/start.mjs'),
      ],
      {
        cwd: repository,
        env: { ...this.env, ML_PARENT_PIPE: '3' },
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      },
    );
    const onData = (chunk: Buffer) => {
      this.#output += chunk;
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    this.#child = child;
    this.#ended = new Promise(resolve => child.on('close', resolve));
  }

  /** Resolves to the exit code of the start script, when it has ended. */
  async ended(): Promise<number | null> {
    return this.#ended!;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#child?.kill(signal);
    return this.#ended!;
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    if (this.#child?.pid && stillRunning([this.#child.pid]).length) {
      await this.stop('SIGTERM');
    }
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Id of a running service, as the start script has recorded it. */
  pidOf(service: ServiceName): number | undefined {
    const file = join(this.dataDir, 'run.json');
    return JSON.parse(readFileSync(file, 'utf8')).children[service]?.pid;
  }

  /** Kills a service at once, as the system does when memory is short. */
  kill(service: ServiceName): void {
    const pid = this.pidOf(service);
    if (!pid) throw new Error(`The ${service} does not run`);
    process.kill(pid, 'SIGKILL');
  }

  /** Waits until the portal answers calls. */
  async portalAnswers(timeoutMs = 60_000): Promise<void> {
    await until(() => this.client.info(), {
      what: 'the portal answers',
      timeoutMs,
    });
  }

  /** Runs the `ml` command as a user would. */
  ml(args: string[], options: RunOptions = {}): Promise<Outcome> {
    return run(
      process.execPath,
      [join(repository, 'packages/cli/bin/ml'), ...args],
      { env: { ...this.env, CI: 'true' }, ...options },
    );
  }

  /** Calls the gateway; the path may name a version after the model. */
  async predict(
    environment: Environment,
    model: string,
    body: object,
  ): Promise<{ status: number; version: string | null; body: any }> {
    const response = await fetch(
      `${this.gateway(environment)}/v2/models/${model}/infer`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
    );
    return {
      status: response.status,
      version: response.headers.get('x-ml-version'),
      body: await response.json(),
    };
  }
}
