// The inference server as a process of its own, and what its control API is asked for.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ArtifactRegistry } from './ArtifactRegistry.mjs';

const READY_MS = 60_000;

export const packageDir = fileURLToPath(
  new URL('../../packages/inference-server', import.meta.url),
);
/** `BENCH_SERVER`: another build of the server. */
const SCRIPT = process.env.BENCH_SERVER ?? join(packageDir, 'dist/server.cjs');

/** For packages that the server alone depends on. */
export const require = createRequire(join(packageDir, 'package.json'));

/** Bundles the server as it stands in the checkout. */
export function buildServer() {
  if (process.env.BENCH_SERVER) return;
  execFileSync(process.execPath, [join(packageDir, 'build.mjs')], {
    stdio: 'inherit',
  });
}

/** Routes of everything to versions by weight. */
export function routesTo(weights, generation) {
  const split = Object.entries(weights).map(([version, weight]) => ({
    version,
    weight,
  }));
  return { generation, split, majors: { 1: split } };
}

export class InferenceServer {
  /** `words`: the command that starts it, where it is not the usual one; `env`: more of its settings. */
  static async start({ words = [], env = {} } = {}) {
    const server = new InferenceServer();
    await server.#start(words, env);
    return server;
  }

  dataDir = mkdtempSync(join(tmpdir(), 'ml-bench-'));
  #token = randomBytes(24).toString('hex');
  #registry = new ArtifactRegistry();
  #child;
  #addresses;

  async #start(words, env) {
    await this.#registry.start();
    this.#child = spawn(process.execPath, [...execArgv(), SCRIPT, ...words], {
      env: {
        ...process.env,
        ML_INFERENCE_DIR: this.dataDir,
        ML_CONTROL_TOKEN: this.#token,
        ML_CONTROL_PORT: '0',
        ML_PRODUCTION_PORT: '0',
        ML_STAGING_PORT: '0',
        ML_REGISTRY_URL: this.#registry.url,
        ML_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // However the benchmark ends, nothing is left running.
    process.once('exit', this.#kill);
    const lines = createInterface({ input: this.#child.stdout });
    const [line] = await Promise.race([
      once(lines, 'line'),
      once(this.#child, 'exit').then(() => []),
    ]);
    if (!line) throw new Error('the inference server did not start');
    this.#addresses = JSON.parse(line);
  }

  #kill = () => this.#child.kill();

  get pid() {
    return this.#child.pid;
  }

  /** Of production. */
  get port() {
    return Number(new URL(this.#addresses.production).port);
  }

  get grpcPort() {
    return Number(this.#addresses.grpc.production.split(':').pop());
  }

  inferUrl(model) {
    return `${this.#addresses.production}${inferPath(model)}`;
  }

  async control(method, path, body) {
    const response = await fetch(
      `${
        this.#addresses.control
      }/control/v1/environments/production/models/${path}`,
      {
        method,
        headers: { authorization: `Bearer ${this.#token}` },
        body: body && JSON.stringify(body),
      },
    );
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error.message);
    return answer;
  }

  /** Accepts an ONNX model as a version, and waits until it is ready. */
  async load(model, version, { file, iface }) {
    const path = `${model}/versions/${version}`;
    await this.control('PUT', path, {
      version,
      format: 'onnx',
      repository: `models/${model}`,
      ...this.#registry.push(file),
      interface: iface,
    });
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const { state, reason } = await this.control('GET', path);
      if (state === 'ready') return;
      if (state === 'failed' || Date.now() > deadline) {
        throw new Error(`${model} is ${state}: ${reason}`);
      }
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }

  route(model, weights, generation) {
    return this.control(
      'PUT',
      `${model}/routes`,
      routesTo(weights, generation),
    );
  }

  /** Has a supervised server replaced by a new process. */
  async upgrade() {
    const command = spawn(process.execPath, [SCRIPT, 'upgrade'], {
      env: { ...process.env, ML_INFERENCE_DIR: this.dataDir },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(command, 'exit');
    if (code !== 0) throw new Error('the upgrade failed');
  }

  async stop() {
    process.off('exit', this.#kill);
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    this.#registry.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export function inferPath(model) {
  return `/v2/models/${model}/infer`;
}

/** `BENCH_NODE_OPTIONS=--cpu-prof` profiles the gateway. */
function execArgv() {
  return (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
}
