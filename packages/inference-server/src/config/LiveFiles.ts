import { readFileSync, statSync } from 'node:fs';
import type { Logger } from '../log/Logger';

/** How often it is looked whether a file has changed. Watching would miss the links that Kubernetes swaps. */
const LOOK_MS = 1_000;

/**
 * Configuration in files, read anew when they change. What is wrong with a new
 * content is told in the log, and the old one stays.
 */
export class LiveFiles<T> {
  /** Throws when the files cannot be read or understood now. */
  static open<T>(options: {
    /** For messages: `the file of callers`. */
    what: string;
    paths: readonly string[];
    parse(texts: Buffer[]): T;
    logger: Logger;
  }): LiveFiles<T> {
    return new LiveFiles(options);
  }

  readonly #options: Parameters<typeof LiveFiles.open<T>>[0];
  readonly #listeners: ((value: T) => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  #value: T;
  #seen: string;
  #problem: string | undefined;

  private constructor(options: Parameters<typeof LiveFiles.open<T>>[0]) {
    this.#options = options;
    this.#seen = this.#stamp();
    this.#value = this.#read();
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  get value(): T {
    return this.#value;
  }

  /** Why the newest content is not in use; undefined when it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  onChange(listener: (value: T) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { what, logger } = this.#options;
    const stamp = this.#stamp();
    if (stamp === this.#seen) return;
    this.#seen = stamp;
    try {
      this.#value = this.#read();
      for (const listener of this.#listeners) listener(this.#value);
      this.#problem = undefined;
      logger.info(`Read ${what} anew`);
    } catch (error) {
      this.#problem = (error as Error).message;
      logger.error(`A change of ${what} is not in use; the old one stays`, {
        reason: this.#problem,
      });
    }
  }

  #read(): T {
    const { paths, parse } = this.#options;
    try {
      return parse(paths.map(path => readFileSync(path)));
    } catch (error) {
      throw new Error(`${paths.join(', ')}: ${(error as Error).message}`);
    }
  }

  /** Changes whenever one of the files does, also by a rename over it. */
  #stamp(): string {
    return this.#options.paths
      .map(path => {
        const found = statSync(path, { bigint: true, throwIfNoEntry: false });
        return found ? `${found.ino}:${found.mtimeNs}:${found.size}` : '-';
      })
      .join();
  }
}
