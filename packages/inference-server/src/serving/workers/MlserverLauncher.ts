import {
  MLSERVER_RUNTIMES,
  type ServedModelKey,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '../../log/Logger';
import type { Environments } from '../../python/Environments';
import { planEnvironment } from '../../python/plan';
import type { Limits } from '../limits';
import { foreignEnvironment } from './foreignEnvironment';
import { freePorts } from './freePorts';
import type { RunFolders } from './RunFolders';
import { ServerWorker } from './ServerWorker';
import { toPlainRequest } from './toPlainRequest';
import { type Launcher, LoadRefusedError, type Worker } from './Worker';

const START = 'from mlserver.cli import main; main()';

export interface MlserverLauncherOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
  environments: Environments;
  folders: RunFolders;
  logger: Logger;
}

/**
 * Starts MLServer for a version, with the Python packages that it names. A
 * pickle is a program, and here alone it runs: in a process that knows no
 * secret.
 */
export class MlserverLauncher implements Launcher {
  readonly #options: MlserverLauncherOptions;
  #python = '';
  #package = '';
  #environment: string | undefined;

  constructor(options: MlserverLauncherOptions) {
    this.#options = options;
  }

  async prepare({
    path,
    signal,
    tell,
  }: Parameters<Launcher['prepare']>[0]): Promise<void> {
    const { environments } = this.#options;
    const { python, requirements } = this.#block;
    const plan = planEnvironment({
      python,
      requirements: await readFile(join(path, requirements), 'utf8').catch(
        () => {
          throw new LoadRefusedError(
            `the package holds no file '${requirements}'; check 'mlserver.requirements' in model.yaml`,
          );
        },
      ),
    });
    environments.claim(plan.id);
    this.#environment = plan.id;
    this.#python = await environments.ensure(plan, { signal, tell });
    this.#package = path;
  }

  release(): void {
    if (this.#environment)
      this.#options.environments.release(this.#environment);
    this.#environment = undefined;
  }

  async launch(): Promise<Worker> {
    const { folders, key, limits, spec } = this.#options;
    const [port, grpcPort] = await freePorts(2);
    const home = await folders.create();
    const root = join(home.path, key.model);
    await mkdir(root);
    await writeJson(join(root, 'settings.json'), {
      host: '127.0.0.1',
      http_port: port,
      grpc_port: grpcPort,
      metrics_endpoint: null,
      parallel_workers: 0,
      debug: false,
    });
    await writeJson(join(root, 'model-settings.json'), this.#modelSettings());
    const model = `/v2/models/${key.model}/versions/${spec.version}`;
    return new ServerWorker({
      ...this.#options,
      command: [this.#python, '-c', START, 'start', root],
      cwd: home.path,
      env: foreignEnvironment({
        home: home.path,
        threads: limits.threads,
        more: {
          // Modules of the team's own that its pickle needs.
          PYTHONPATH: this.#package,
          PYTHONNOUSERSITE: '1',
          PYTHONDONTWRITEBYTECODE: '1',
          PYTHONUNBUFFERED: '1',
        },
      }),
      port,
      livePath: '/v2/health/live',
      readyPath: `${model}/ready`,
      inferPath: `${model}/infer`,
      prepare: (body, headers) =>
        toPlainRequest(body, headers, {
          interface: spec.interface,
          askFor: this.#askFor,
        }),
      silenceHint: 'see its log, or raise resources.startSeconds in model.yaml',
      cleanUp: home.remove,
    });
  }

  get #block() {
    const { mlserver } = this.#options.spec;
    if (mlserver) return mlserver;
    throw new LoadRefusedError("model.yaml has no block 'mlserver'");
  }

  #modelSettings(): object {
    const { key, spec } = this.#options;
    const { runtime } = this.#block;
    const artifact = join(this.#package, spec.artifact ?? '');
    return {
      name: key.model,
      implementation: MLSERVER_RUNTIMES[runtime].implementation,
      parameters: {
        uri: runtime === 'mlflow' ? dirname(artifact) : artifact,
        version: spec.version,
        // One array is what models take, unless the columns have names.
        ...(runtime !== 'mlflow' &&
          spec.interface.inputs.length > 1 && { content_type: 'pd' }),
      },
    };
  }

  /** Without being asked for others, MLServer gives `predict` only. */
  get #askFor(): string[] | undefined {
    if (this.#block.runtime === 'mlflow') return undefined;
    return this.#options.spec.interface.outputs.map(({ name }) => name);
  }
}

async function writeJson(path: string, value: object): Promise<void> {
  await writeFile(path, JSON.stringify(value));
}
