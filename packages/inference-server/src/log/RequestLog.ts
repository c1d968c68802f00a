import type { Logger } from './Logger';
import { RotatingFile } from './RotatingFile';

const FILE_BYTES = 32 * 1024 * 1024;
const FILES_KEPT = 4;

/** One inference request, as it is logged: what happened, never what was asked or answered. */
export interface RequestRecord {
  requestId: string;
  environment: string;
  model: string;
  /** The version that answered or should have; absent when none was found. */
  version?: string;
  status: number;
  latencyMs: number;
  requestBytes: number;
  responseBytes: number;
  /** Why the gateway itself answered, e.g. `worker-died`. */
  failure?: string;
}

/** Keeps a line for each inference request in a file that rotates by size. */
export class RequestLog {
  static open(folder: string, logger: Logger): RequestLog {
    return new RequestLog(
      new RotatingFile({
        folder,
        name: 'requests.jsonl',
        maxBytes: FILE_BYTES,
        keep: FILES_KEPT,
        onError: error =>
          logger.error('The request log cannot be written; lines are lost', {
            reason: error.message,
          }),
      }),
    );
  }

  readonly #file: RotatingFile;

  private constructor(file: RotatingFile) {
    this.#file = file;
  }

  write(record: RequestRecord): void {
    const time = new Date().toISOString();
    this.#file.writeLine(JSON.stringify({ time, ...record }));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
