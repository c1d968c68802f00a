import {
  DATATYPES,
  findBreakingChanges,
  type ServedModelKey,
  type ServedVersion,
} from '@ml-platform/plugin-ml-common';
import type { Pool } from 'undici';
import { z } from 'zod';
import type { Logger } from '../../log/Logger';
import type { Limits } from '../limits';
import type { ContainerEngine } from './ContainerEngine';
import { foreignEnvironment } from './foreignEnvironment';
import { freePorts } from './freePorts';
import type { RunFolders } from './RunFolders';
import { ServerWorker } from './ServerWorker';
import { toPlainRequest } from './toPlainRequest';
import { type Launcher, LoadRefusedError, type Worker } from './Worker';

const METADATA_MS = 10_000;

const tensors = z.array(
  z.looseObject({
    name: z.string(),
    datatype: z.enum(DATATYPES),
    shape: z.array(z.int().min(-1)),
  }),
);
const metadataSchema = z.looseObject({ inputs: tensors, outputs: tensors });

export interface ContainerLauncherOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
  folders: RunFolders;
  /** What runs images; absent when none is configured. */
  engine: ContainerEngine | undefined;
  logger: Logger;
}

/** Starts a team's own server: a command in the folder of its package, or an image. */
export class ContainerLauncher implements Launcher {
  readonly #options: ContainerLauncherOptions;
  #package = '';

  constructor(options: ContainerLauncherOptions) {
    this.#options = options;
  }

  async prepare({
    path,
    signal,
    tell,
  }: Parameters<Launcher['prepare']>[0]): Promise<void> {
    this.#package = path;
    const { image } = this.#block;
    if (!image) return;
    const { engine } = this.#options;
    if (!engine) {
      throw new LoadRefusedError(
        `it is the image ${image}, and this inference server has no container engine; name one in ML_CONTAINER_ENGINE (podman or docker), or package the server's files with 'container.command'`,
        'ENGINE_MISSING',
      );
    }
    tell(`installing the image ${image}`);
    await engine.pull(image, signal);
  }

  release(): void {}

  async launch(): Promise<Worker> {
    const { engine, folders, limits, spec } = this.#options;
    const block = this.#block;
    const [port] = await freePorts(1);
    const home = await folders.create();
    const told = {
      HOST: '127.0.0.1',
      PORT: String(port),
      MODEL_NAME: this.#name,
      MODEL_VERSION: spec.version,
    };
    const contained =
      block.image && engine
        ? engine.run({
            ...block,
            image: block.image,
            hostPort: port,
            told,
            limits,
          })
        : undefined;
    const command = block.command?.map(word =>
      word.replaceAll('${PORT}', told.PORT),
    );
    const model = `/v2/models/${encodeURIComponent(this.#name)}`;
    return new ServerWorker({
      ...this.#options,
      command: contained?.command ?? command!,
      cwd: this.#package,
      env: foreignEnvironment({
        ...{ home: home.path, threads: limits.threads },
        more: contained ? undefined : told,
      }),
      // Nobody knows how many threads it starts: others come first.
      priority: 10,
      port,
      livePath: block.live ?? '/v2/health/live',
      readyPath: block.ready ?? '/v2/health/ready',
      inferPath: `${model}/infer`,
      check: pool => this.#check(pool, model),
      prepare: (body, headers) =>
        toPlainRequest(body, headers, { interface: spec.interface }),
      silenceHint: contained
        ? `the image has to listen on port ${block.port}`
        : 'it has to listen on the port in the environment variable PORT, or ${PORT} in its command',
      cleanUp: async () => {
        await contained?.remove();
        await home.remove();
      },
    });
  }

  get #block() {
    const { container } = this.#options.spec;
    if (container) return container;
    throw new LoadRefusedError("model.yaml has no block 'container'");
  }

  /** As its server calls the model. */
  get #name(): string {
    return this.#block.model ?? this.#options.key.model;
  }

  /** Refuses a server that takes or gives something else than was promised. */
  async #check(pool: Pool, path: string): Promise<void> {
    const refuse = (what: string) =>
      new LoadRefusedError(
        `its server ${what}; see what is wrong with it: ml check`,
      );
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path,
      signal: AbortSignal.timeout(METADATA_MS),
    });
    const text = await body.text();
    if (statusCode !== 200) throw refuse(`answers ${path} with ${statusCode}`);
    const parsed = metadataSchema.safeParse(parse(text));
    if (!parsed.success) {
      throw refuse(`answers ${path} with something that is no metadata`);
    }
    const [change] = findBreakingChanges(
      this.#options.spec.interface,
      parsed.data,
    );
    if (change) throw refuse(`is not as model.yaml says: ${change.message}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
