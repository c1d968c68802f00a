import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  type BatchReporter,
  type BatchSummary,
  InferenceEndpoint,
  parseRejectionLimit,
  runBatch,
} from '@ml-platform/batch';
import { ToolError } from '@ml-platform/packaging';
import type { BatchJob } from '@ml-platform/plugin-ml-common';
import type { ServingTarget } from '@ml-platform/plugin-ml-node';
import type { AuditLog } from '../audit/AuditLog';
import type { ChangeNotifier } from '../events/ChangeNotifier';
import type { BatchJobFiles } from './BatchJobFiles';
import type {
  BatchJobEnd,
  BatchJobProgress,
  BatchJobStore,
} from './BatchJobStore';

/** As `ml batch run` has it by default. */
const PACE = {
  targetLatency: 100,
  maxConcurrency: 4,
  maxRows: 4_096,
  rows: 16,
};
/** How long a gateway may not answer. */
const PATIENCE_MS = 15 * 60_000;
const AGAIN_MS = 2_000;
const SAVE_MS = 1_000;

export interface BatchJobExecutorOptions {
  store: BatchJobStore;
  files: BatchJobFiles;
  target: Pick<ServingTarget, 'getGatewayUrl'>;
  /** Key of the portal, where the gateways ask for one. */
  gatewayKey?: string;
  fetchGateway: typeof fetch;
  audit: AuditLog;
  changes: ChangeNotifier;
  logger: LoggerService;
}

/** Keeps how far a run is in the database, once a second at most. */
class DatabaseReporter implements BatchReporter {
  readonly #save: (progress: BatchJobProgress) => Promise<void>;
  #progress: BatchJobProgress = {};
  #last = 0;
  #saving: Promise<void> = Promise.resolve();

  constructor(save: (progress: BatchJobProgress) => Promise<void>) {
    this.#save = save;
  }

  begin(run: { version: string; rowsBefore: number }): void {
    this.#update({ version: run.version, rows: run.rowsBefore }, true);
  }

  progress(at: { rows: number; rejected: number; position: number }): void {
    this.#update({ ...at, message: undefined });
  }

  busy(reason: string): void {
    this.#update({ message: `Waiting: ${reason}` });
  }

  async flush(): Promise<void> {
    await this.#saving;
  }

  #update(part: BatchJobProgress, now = false): void {
    this.#progress = { ...this.#progress, ...part };
    if (!now && Date.now() - this.#last < SAVE_MS) return;
    this.#last = Date.now();
    const progress = this.#progress;
    // That it cannot be told how far it is does not end a run.
    this.#saving = this.#saving.then(() =>
      this.#save(progress).catch(() => {}),
    );
  }
}

/** Takes one job to its end, or to where it is interrupted, which the next attempt goes on from. */
export class BatchJobExecutor {
  readonly #options: BatchJobExecutorOptions;

  constructor(options: BatchJobExecutorOptions) {
    this.#options = options;
  }

  async carryOut(job: BatchJob, signal: AbortSignal): Promise<void> {
    let end: BatchJobEnd;
    try {
      end = succeeded(await this.#runPatiently(job, signal));
    } catch (error) {
      // Its files say how far it is.
      signal.throwIfAborted();
      if (!(error instanceof ToolError)) {
        this.#options.logger.error(
          `Batch job ${job.id} failed`,
          error as Error,
        );
      }
      end = { state: 'failed', message: reasonOf(error) };
    }
    await this.#end(job, end);
  }

  giveUp(job: BatchJob, attempts: number): Promise<void> {
    return this.#end(job, {
      state: 'failed',
      message: `It was begun ${attempts} times, and the portal ended in the middle of it each time; split the input, or predict from your machine with 'ml batch run'`,
    });
  }

  /** A gateway that is away when a run begins comes back, as it does in the middle of one. */
  async #runPatiently(
    job: BatchJob,
    signal: AbortSignal,
  ): Promise<BatchSummary> {
    const start = Date.now();
    for (;;) {
      try {
        return await this.#run(job, signal);
      } catch (error) {
        const isAway =
          error instanceof ToolError && error.code === 'UNREACHABLE';
        if (!isAway || Date.now() - start > PATIENCE_MS) throw error;
        const message = `Waiting: ${error.message}`;
        await this.#options.store.progress(job.id, { message });
        await sleep(AGAIN_MS, undefined, { signal });
      }
    }
  }

  async #run(job: BatchJob, signal: AbortSignal): Promise<BatchSummary> {
    const { fetchGateway, files, gatewayKey, store, target } = this.#options;
    const { environment, id, model, pin, settings } = job;
    const reporter = new DatabaseReporter(progress =>
      store.progress(id, progress),
    );
    try {
      return await runBatch({
        endpoint: new InferenceEndpoint(
          target.getGatewayUrl(environment),
          model,
          {
            requestId: `batch-${id}`,
            fetch: fetchGateway,
            headers: gatewayKey
              ? { authorization: `Bearer ${gatewayKey}` }
              : undefined,
          },
        ),
        pin,
        input: { path: files.input(job), format: settings.inputFormat },
        output: { path: files.output(job), format: settings.outputFormat },
        mapping: {
          columns: settings.columns,
          keep: settings.keep,
          missing: settings.missing,
        },
        pace: PACE,
        maxRejected: parseRejectionLimit(settings.maxRejected)!,
        patience: PATIENCE_MS,
        restart: false,
        reporter,
        signal,
      });
    } finally {
      await reporter.flush();
    }
  }

  async #end(job: BatchJob, end: BatchJobEnd): Promise<void> {
    const { audit, changes, store } = this.#options;
    const { environment, id, model, requestedBy } = job;
    await store.transaction(async trx => {
      if (!(await store.end(trx, id, end))) return;
      await audit.record(
        {
          actor: requestedBy,
          action: 'batch.run',
          resource: `deployment:${environment}/${model}`,
          outcome: end.state === 'succeeded' ? 'succeeded' : 'failed',
          details: {
            job: id,
            ...(end.version && { version: end.version }),
            ...(end.rows !== undefined && {
              ...{ rows: end.rows, rejected: end.rejected },
            }),
          },
        },
        trx,
      );
    });
    changes.modelChanged({ model });
  }
}

function succeeded(summary: BatchSummary): BatchJobEnd {
  const { predicted, rejected, rows, version } = summary;
  return {
    state: 'succeeded',
    ...{ version, rows, rejected },
    message: `${predicted} of ${rows} rows were predicted`,
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ToolError)) {
    return `Something went wrong in the platform: ${(error as Error).message}`;
  }
  return error.message;
}
