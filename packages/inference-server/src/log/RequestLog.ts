import type { RequestFacts, RequestObserver } from '../telemetry/RequestFacts';
import type { Logger } from './Logger';
import { RotatingFile } from './RotatingFile';

const FILE_BYTES = 32 * 1024 * 1024;
const FILES_KEPT = 4;

/** Keeps a line for each inference request in a file that rotates by size. */
export class RequestLog implements RequestObserver {
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
        gapLine: lost =>
          JSON.stringify({ time: new Date().toISOString(), lostLines: lost }),
      }),
    );
  }

  readonly #file: RotatingFile;

  private constructor(file: RotatingFile) {
    this.#file = file;
  }

  /** Lines lost because the disk did not take them. */
  get dropped(): number {
    return this.#file.dropped;
  }

  finished(facts: RequestFacts): void {
    this.#file.writeLine(JSON.stringify(requestLine(facts)));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** A request as it is logged: what happened, never what was asked or answered. */
export function requestLine(facts: RequestFacts) {
  return {
    time: new Date(facts.startedAt).toISOString(),
    requestId: facts.requestId,
    traceId: facts.trace.traceId,
    environment: facts.environment,
    transport: facts.transport,
    consumer: facts.consumer,
    model: facts.model,
    version: facts.version,
    arm: facts.arm,
    status: facts.status,
    failure: facts.failure,
    latencyMs: rounded(facts.latencyMs),
    queueMs: rounded(facts.queueMs),
    workerMs: rounded(facts.workerMs),
    requestBytes: facts.requestBytes,
    responseBytes: facts.responseBytes,
    shapes: facts.worker?.shapes,
    outputs: facts.outputs,
  };
}

/** To a microsecond; more would be noise. */
function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 1000) / 1000;
}
