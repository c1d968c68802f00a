import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { Logger } from '../../log/Logger';
import type { Limits } from '../limits';
import { LoadRefusedError } from './Worker';

const run = promisify(execFile);
const PULL_MS = 20 * 60_000;
const REMOVE_MS = 30_000;

/** Podman or Docker, by its command line, which is the same as far as we need it. */
export class ContainerEngine {
  readonly #program: string;
  readonly #label: string;
  readonly #logger: Logger;
  #opened: Promise<void> = Promise.resolve();

  constructor(options: { program: string; dataDir: string; logger: Logger }) {
    this.#program = options.program;
    this.#logger = options.logger;
    const owner = createHash('sha256').update(options.dataDir).digest('hex');
    this.#label = `ml-platform.server=${owner.slice(0, 16)}`;
  }

  /** Removes containers that a killed server left. Nothing is run before that. */
  open(): void {
    this.#opened = this.#removeLeftovers();
  }

  async #removeLeftovers(): Promise<void> {
    try {
      const { stdout } = await run(this.#program, [
        ...['ps', '-aq', '--filter', `label=${this.#label}`],
      ]);
      const ids = stdout.split('\n').filter(Boolean);
      if (ids.length) await run(this.#program, ['rm', '-f', ...ids]);
    } catch (error) {
      this.#logger.warn('The container engine does not answer', {
        engine: this.#program,
        reason: firstLine(error),
      });
    }
  }

  async pull(image: string, signal: AbortSignal): Promise<void> {
    await this.#opened;
    try {
      await run(this.#program, ['pull', '--quiet', image], {
        signal,
        timeout: PULL_MS,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new LoadRefusedError(
        `${this.#program} cannot pull ${image}: ${firstLine(error)}`,
        'INSTALL_FAILED',
      );
    }
  }

  /** What runs the image in the foreground, and removes its container afterwards. */
  run(options: {
    image: string;
    /** Where the server listens inside. */
    port: number;
    hostPort: number;
    told: Record<string, string>;
    limits: Limits;
  }): { command: string[]; remove(): Promise<void> } {
    const { hostPort, image, limits, port, told } = options;
    const name = `ml-${randomUUID()}`;
    const env = { ...told, HOST: '0.0.0.0', PORT: String(port) };
    const bytes = String(limits.memoryBytes);
    return {
      command: [
        ...[this.#program, 'run', '--rm', '--name', name],
        ...['--label', this.#label, '--memory', bytes, '--memory-swap', bytes],
        ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
        ...['--publish', `127.0.0.1:${hostPort}:${port}`],
        ...Object.entries(env).flatMap(([key, value]) => [
          '--env',
          `${key}=${value}`,
        ]),
        image,
      ],
      remove: async () => {
        await run(this.#program, ['rm', '-f', name], {
          timeout: REMOVE_MS,
        }).catch(() => {});
      },
    };
  }
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as Error & { stderr?: string };
  return (stderr?.trim() || message).split('\n')[0].slice(0, 300);
}
