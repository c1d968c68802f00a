import type {
  ServedModelKey,
  ServedVersion,
} from '@ml-platform/plugin-ml-common';
import type { Logger } from '../../log/Logger';
import type { Limits } from '../limits';
import { OnnxWorker } from './OnnxWorker';
import type { Launcher, Worker } from './Worker';

export interface OnnxLauncherOptions {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
  workerPath: string;
  /** A fresh path for a worker's socket. */
  nextSocketPath(): string;
  logger: Logger;
}

/** Starts workers for an ONNX file. */
export class OnnxLauncher implements Launcher {
  readonly #options: OnnxLauncherOptions;
  #modelPath = '';

  constructor(options: OnnxLauncherOptions) {
    this.#options = options;
  }

  async prepare({ path }: { path: string }): Promise<void> {
    this.#modelPath = path;
  }

  async launch(): Promise<Worker> {
    return new OnnxWorker({
      ...this.#options,
      modelPath: this.#modelPath,
      socketPath: this.#options.nextSocketPath(),
    });
  }

  release(): void {}
}
