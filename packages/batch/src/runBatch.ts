import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  InputMapping,
  type MappingOptions,
  openRows,
  type RowFormat,
} from '@ml-platform/datasets';
import { ExitCode, ToolError, hashFile } from '@ml-platform/packaging';
import { batchRows, type RowBatch } from './batchRows';
import type { InferenceEndpoint } from './endpoint/InferenceEndpoint';
import { Pace, type PaceOptions } from './endpoint/Pace';
import { type PredictedRow, RowPredictor } from './endpoint/RowPredictor';
import { checkSame } from './files/Checkpoint';
import { RowFormatter } from './files/RowFormatter';
import { RunFiles } from './files/RunFiles';
import { toUnwritable } from './files/toUnwritable';
import { checkRejected, type RejectionLimit } from './rejectionLimit';

export interface BatchRunOptions {
  endpoint: InferenceEndpoint;
  /** An exact version, an API version, or what is live. */
  pin: string | undefined;
  input: { path: string; format: RowFormat };
  output: { path: string; format: RowFormat };
  mapping: MappingOptions;
  pace: PaceOptions;
  maxRejected: RejectionLimit;
  patience: number;
  /** Throws away what an earlier run left. */
  restart: boolean;
  reporter: BatchReporter;
  /** Ends the run early; what is done is kept. */
  signal?: AbortSignal;
}

/** Told how a run goes. */
export interface BatchReporter {
  begin(run: { version: string; size: number; rowsBefore: number }): void;
  progress(at: { rows: number; rejected: number; position: number }): void;
  busy(reason: string): void;
}

export interface BatchSummary {
  model: string;
  version: string;
  input: string;
  output: string;
  rows: number;
  predicted: number;
  rejected: number;
  /** Absent when no row was rejected. */
  rejectedFile?: string;
  /** Row after which an earlier run was continued. */
  resumedAfterRow: number;
  requests: number;
  retries: number;
  durationMs: number;
}

/**
 * Predicts for each row of a file, in order, each row once.
 *
 * Requests run at the same time and end in any order; what they bring is
 * written in the order of the rows. A run that ends in any way goes on, when
 * started again, after the last row that is final; the version that it began
 * with stays its version.
 */
export async function runBatch(
  options: BatchRunOptions,
): Promise<BatchSummary> {
  const { input, output, endpoint, reporter } = options;
  const start = performance.now();
  checkPaths(input.path, output.path);
  const source = await openRows(input.path, input.format).catch(error => {
    throw unreadable(input.path, error);
  });
  const files = await RunFiles.open(output.path, options.restart);
  try {
    const served = await endpoint.describe(pinFor(options, files));
    const mapping = new InputMapping(served, source, options.mapping);
    const formatter = new RowFormatter(
      output.format,
      options.mapping.keep,
      served.outputs,
      mapping.isBatched,
    );
    const { size, mtimeMs } = await stat(input.path);
    const run = {
      input: { sha256: await digestOf(input.path), size },
      model: endpoint.model,
      version: served.version,
      settings: JSON.stringify([options.mapping, input.format, output.format]),
    };
    const { before, paths } = files;
    if (before) checkSame(paths.checkpoint, before, run);
    await files.begin(run, formatter.header);
    const resumedAfterRow = before?.rows ?? 0;
    reporter.begin({
      ...{ version: served.version, size, rowsBefore: resumedAfterRow },
    });
    const pace = new Pace(options.pace);
    const predictor = new RowPredictor({
      ...{ endpoint, served, pace, isBatched: mapping.isBatched },
      patience: options.patience,
      onBusy: reason => reporter.busy(reason),
    });
    const batches = batchRows(
      source.rows(),
      mapping,
      resumedAfterRow,
      () => pace.rows,
    );
    options.signal?.throwIfAborted();
    options.signal?.addEventListener('abort', () => predictor.stop());
    await work(batches, pace, predictor, async predicted => {
      options.signal?.throwIfAborted();
      await files.append(linesOf(predicted, formatter));
      const { rows, rejected } = files.state;
      const { position } = predicted.at(-1)!.row;
      reporter.progress({ rows, rejected, position });
      checkRejected(files, options.maxRejected, false);
    });
    checkRejected(files, options.maxRejected, true);
    await checkUntouched(input.path, size, mtimeMs);
    await files.finish(
      output.format === 'parquet'
        ? async (rows, target) =>
            (
              await import('./files/writeParquet')
            ).writeParquet(...([rows, target, formatter.columns] as const))
        : undefined,
    );
    const { rows, predicted, rejected } = files.state;
    return {
      ...{ model: endpoint.model, version: served.version },
      ...{ input: input.path, output: output.path },
      ...{ rows, predicted, rejected },
      rejectedFile: rejected ? paths.rejected : undefined,
      resumedAfterRow,
      requests: predictor.requests,
      retries: predictor.retries,
      durationMs: performance.now() - start,
    };
  } catch (error) {
    // What was done is not done again; that this may fail, too, is not the news.
    await files.commit().catch(() => {});
    throw toUnwritable(output.path, error);
  } finally {
    await files.close();
  }
}

/** Sends batches, several at a time, and writes them one after the other. */
async function work(
  batches: AsyncIterable<RowBatch>,
  pace: Pace,
  predictor: RowPredictor,
  write: (rows: PredictedRow[]) => Promise<void>,
): Promise<void> {
  const written: Promise<void>[] = [];
  let last = Promise.resolve();
  try {
    for await (const { rows, rejected } of batches) {
      // What waits to be written is kept in memory.
      while (written.length >= 2 * pace.concurrency + 2) await written.shift();
      await pace.acquire();
      const predicted = (
        rows.length ? predictor.predict(rows) : Promise.resolve([])
      ).finally(() => pace.release());
      const before = last;
      last = Promise.all([predicted, before]).then(([found]) =>
        write(
          [...found, ...rejected].sort((a, b) => a.row.number - b.row.number),
        ),
      );
      written.push(last);
      last.catch(() => predictor.stop());
    }
    await last;
  } catch (error) {
    predictor.stop();
    await Promise.allSettled(written);
    throw error;
  }
}

function linesOf(rows: readonly PredictedRow[], formatter: RowFormatter) {
  let output = '';
  let rejected = '';
  let count = 0;
  for (const item of rows) {
    if ('outputs' in item) {
      output += formatter.line(item);
      count += 1;
    } else {
      const { row, reason } = item;
      rejected += `${JSON.stringify({ row: row.number, reason })}\n`;
    }
  }
  const rejectedRows = rows.length - count;
  return { output, rejected, predicted: count, rejectedRows };
}

/** A run that goes on keeps its version, also when another one is live by now. */
function pinFor(
  { pin, endpoint }: BatchRunOptions,
  { before }: RunFiles,
): string | undefined {
  if (!before || before.model !== endpoint.model) return pin;
  const fits =
    pin === undefined ||
    (!pin.includes('.') && before.version.split('.')[0] === pin);
  return fits ? before.version : pin;
}

function checkPaths(input: string, output: string) {
  if (resolve(input) !== resolve(output)) return;
  throw new ToolError({
    code: 'USAGE',
    exitCode: ExitCode.usage,
    message: '--input and --output are the same file',
  });
}

async function digestOf(path: string): Promise<string> {
  const { size } = await stat(path);
  return (await hashFile({ path, absolutePath: resolve(path), size })).digest;
}

async function checkUntouched(path: string, size: number, mtimeMs: number) {
  const now = await stat(path);
  if (now.size === size && now.mtimeMs === mtimeMs) return;
  throw new ToolError({
    code: 'INPUT_CHANGED',
    message: `${path} was written to while it was read`,
    hint: 'Let the program that writes it finish, then run the command again with --restart.',
  });
}

function unreadable(path: string, error: NodeJS.ErrnoException): Error {
  if (!error.code || error instanceof ToolError) return error;
  return new ToolError({
    code: 'INPUT_UNREADABLE',
    message: `${path} cannot be read: ${error.message}`,
    cause: error,
  });
}
