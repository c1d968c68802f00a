import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputError } from '@backstage/errors';
import { pathsFor } from '@ml-platform/batch';
import type { BatchJob } from '@ml-platform/plugin-ml-common';

/** Where the files of jobs are: a folder each, of the process that took the input. */
export class BatchJobFiles {
  readonly #directory: string;
  readonly #maxBytes: number;

  constructor(options: { directory: string; maxBytes: number }) {
    this.#directory = options.directory;
    this.#maxBytes = options.maxBytes;
  }

  /** Whether this machine has the files of a job. */
  has(id: string): boolean {
    return existsSync(this.#folder(id));
  }

  input({ id, settings }: Pick<BatchJob, 'id' | 'settings'>): string {
    return join(this.#folder(id), `input.${settings.inputFormat}`);
  }

  output({ id, settings }: Pick<BatchJob, 'id' | 'settings'>): string {
    return join(this.#folder(id), `output.${settings.outputFormat}`);
  }

  rejected(job: Pick<BatchJob, 'id' | 'settings'>): string {
    return pathsFor(this.output(job)).rejected;
  }

  /**
   * Writes an input to disk as it comes. Until then there is no folder of the job.
   * @returns its size in bytes
   * @throws InputError when it is empty or larger than it may be
   */
  async receive(
    job: Pick<BatchJob, 'id' | 'settings'>,
    source: Readable,
  ): Promise<number> {
    const upload = `${this.#folder(job.id)}.upload`;
    await mkdir(upload, { recursive: true, mode: 0o700 });
    const path = join(upload, `input.${job.settings.inputFormat}`);
    let size = 0;
    const counted = new Transform({
      transform: (chunk: Buffer, _, done) => {
        size += chunk.length;
        done(size > this.#maxBytes ? this.#tooLarge() : null, chunk);
      },
    });
    try {
      await pipeline(
        source,
        counted,
        createWriteStream(path, { flags: 'wx', mode: 0o600 }),
      );
      if (!size) throw new InputError('The input is empty; send a file');
      const file = await open(path, 'r');
      await file.sync();
      await file.close();
      await rename(upload, this.#folder(job.id));
      return size;
    } catch (error) {
      await rm(upload, { recursive: true, force: true });
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    // A run that is only now told to stop may add a file while others are removed.
    const again = { maxRetries: 10, retryDelay: 20 };
    await rm(this.#folder(id), { recursive: true, force: true, ...again });
  }

  #tooLarge(): Error {
    return new InputError(
      `The input is larger than ${
        this.#maxBytes
      } bytes, the limit of ml.batch.maxInputSize; split it, or predict from your machine with 'ml batch run'`,
    );
  }

  #folder(id: string): string {
    return join(this.#directory, id);
  }
}
