// MLServer of PyPI with models of scikit-learn, as its documentation starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START = 'from mlserver.cli import main; main()';
const READY_MS = 180_000;

export class Mlserver {
  /**
   * `workers`: processes that it runs models in beside its own. None is its
   * fastest with small models, because nothing has to be handed over.
   */
  static async start({ python, models, workers }) {
    const server = new Mlserver();
    await server.#start(python, models, workers);
    return server;
  }

  #folder = mkdtempSync(join(tmpdir(), 'ml-bench-mlserver-'));
  #child;
  port;
  grpcPort;

  async #start(python, models, workers) {
    const [port, grpcPort, metricsPort] = await freePorts(3);
    Object.assign(this, { port, grpcPort });
    writeJson(join(this.#folder, 'settings.json'), {
      host: '127.0.0.1',
      http_port: port,
      grpc_port: grpcPort,
      metrics_port: metricsPort,
      metrics_endpoint: null,
      parallel_workers: workers,
      debug: false,
    });
    for (const { joblib, name } of models) {
      const folder = join(this.#folder, name);
      mkdirSync(folder);
      writeJson(join(folder, 'model-settings.json'), {
        name,
        implementation: 'mlserver_sklearn.SKLearnModel',
        parameters: { uri: joblib },
      });
    }
    const output = [];
    this.#child = spawn(python, ['-c', START, 'start', this.#folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', text => output.length < 200 && output.push(text));
    }
    process.once('exit', this.#kill);
    const deadline = Date.now() + READY_MS;
    while (!(await this.#isReady())) {
      if (this.#child.exitCode !== null || Date.now() > deadline) {
        await this.stop();
        throw new Error(`MLServer did not start:\n${output.join('')}`);
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  async #isReady() {
    const url = `http://127.0.0.1:${this.port}/v2/health/ready`;
    return fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  #kill = () => this.#child.kill('SIGKILL');

  get pid() {
    return this.#child.pid;
  }

  async stop() {
    process.off('exit', this.#kill);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      const timer = setTimeout(this.#kill, 10_000);
      await exited;
      clearTimeout(timer);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function writeJson(path, value) {
  writeFileSync(path, JSON.stringify(value));
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () =>
    createServer().listen(0, '127.0.0.1'),
  );
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => server.address().port);
  await Promise.all(servers.map(server => once(server.close(), 'close')));
  return ports;
}
