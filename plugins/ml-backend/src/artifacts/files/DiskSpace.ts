import { statfs } from 'node:fs/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { OciError } from '../OciError';

/** Error codes of a full disk or quota, of the file system and both databases. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100']);

export function isDiskFull(error: unknown): boolean {
  return FULL.has((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Watches the disk of the artifact store. A reserve stays free for the others
 * who write to the same disk, the database above all.
 */
export class DiskSpace {
  readonly #directory: string;
  readonly #reservedBytes: number;
  readonly #logger: LoggerService;

  constructor(options: {
    directory: string;
    reservedBytes: number;
    logger: LoggerService;
  }) {
    this.#directory = options.directory;
    this.#reservedBytes = options.reservedBytes;
    this.#logger = options.logger;
  }

  /** @throws OciError 507 when the bytes do not fit. */
  async require(bytes: number): Promise<void> {
    if (bytes + this.#reservedBytes > (await this.#free())) {
      throw await this.fullError();
    }
  }

  async fullError(cause?: unknown): Promise<OciError> {
    const usable = Math.max(0, (await this.#free()) - this.#reservedBytes);
    this.#logger.error(
      `The disk of ${
        this.#directory
      } is full: ${usable} bytes are free for artifacts, ${
        this.#reservedBytes
      } more are held in reserve for the platform`,
    );
    return new OciError({
      status: 507,
      code: 'STORAGE_FULL',
      message: `the artifact store's disk is full: ${usable} bytes are free for artifacts; free space on it or make it larger, then go on with this upload from the offset that its status tells`,
      detail: { freeBytes: usable },
      cause,
    });
  }

  async #free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#directory);
    return bavail * bsize;
  }
}
