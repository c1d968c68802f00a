import { join } from 'node:path';
import {
  type EncodedRow,
  formatOf,
  InputMapping,
  openRows,
  RowError,
  type RowSource,
  type SourceRow,
} from '@ml-platform/datasets';
import { hashFile, ToolError } from '@ml-platform/packaging';
import type { ModelInterface, Suite } from '@ml-platform/plugin-ml-common';
import type { Predictions } from '../metrics/Predictions';
import type { Predictor } from '../worker/Predictor';
import { type Dataset, datasetNeeds } from './datasetNeeds';
import { LabelColumns } from './LabelColumns';
import { matchesSlice } from './matchesSlice';
import { measureRequests, type RequestFigures } from './measureRequests';
import { NumberColumn } from './NumberColumn';
import { RowAnswers } from './RowAnswers';
import { InvarianceCheck, RangeCheck } from './RowChecks';

const BATCH_ROWS = 128;
const BATCH_BYTES = 1024 * 1024;

/** A data set that was predicted once, row by row. */
export interface ScannedDataset {
  dataset: Dataset;
  digest: string;
  rows: number;
  classes?: Predictions;
  quantities?: Predictions;
  /** Numbers of the rows of each slice. */
  slices: ReadonlyMap<string, Float64Array>;
  rowChecks: ReadonlyArray<InvarianceCheck | RangeCheck>;
  requests?: RequestFigures;
}

export interface ScanOptions {
  directory: string;
  suite: Suite;
  dataset: Dataset;
  interface: ModelInterface;
  predictor: Predictor;
}

/**
 * Streams a data set through the model. What is kept is numbers: right and
 * told answers, and which rows belong to which slice.
 * @throws ToolError for a file with another digest, and for the first row that is wrong
 */
export async function scanDataset(
  options: ScanOptions,
): Promise<ScannedDataset> {
  const { dataset, directory, predictor, suite } = options;
  const path = join(directory, dataset.path);
  const digest = await checkedDigest(path, dataset);
  const source = await openRows(path, formatFor(dataset));
  checkColumns(source, dataset, suite);
  const mapping = new InputMapping(options.interface, source, {
    columns: new Map(
      dataset.inputs?.map(({ columns, tensor }) => [tensor, columns]),
    ),
    keep: dataset.label ? [dataset.label.column] : [],
    missing: dataset.missing ?? 'reject',
  });
  const of = <T extends { dataset: string }>(entries: readonly T[]) =>
    entries.filter(entry => entry.dataset === dataset.name);
  const needs = datasetNeeds(suite, dataset);
  const labels = dataset.label && new LabelColumns(dataset.label, needs);
  const invariances = of(suite.invariance).map(
    spec => new InvarianceCheck(spec),
  );
  const ranges = of(suite.ranges).map(spec => new RangeCheck(spec));
  const slices = of(suite.slices).map(slice => ({
    slice,
    rows: new NumberColumn(),
  }));
  let rows = 0;
  for await (const batch of batches(source, mapping, dataset)) {
    const answers = await predictRows(predictor, batch, mapping);
    const changes: RowAnswers[] = [];
    for (const check of invariances) {
      const encoded = batch.map(({ row }) =>
        inRow(dataset, row, () =>
          mapping.encode({
            ...row,
            values: check.changed(row.values!, source.isText),
          }),
        ),
      );
      const { answers: after } = await predictor.predict(
        encoded,
        mapping.isBatched,
      );
      changes.push(new RowAnswers(after, batch.length));
    }
    const before = rows;
    batch.forEach(({ row }, index) =>
      inRow(dataset, row, () => {
        const at = { index, rowNumber: row.number };
        labels?.add(row.values!, answers, index);
        for (const check of ranges) check.add(answers, at);
        invariances.forEach((check, which) =>
          check.add(answers, changes[which], at),
        );
        for (const { rows: members, slice } of slices) {
          if (matchesSlice(slice.where, row.values!))
            members.push(before + index);
        }
      }),
    );
    rows += batch.length;
  }
  if (!rows) {
    throw new ToolError({
      code: 'DATASET_EMPTY',
      message: `The data set '${dataset.name}' (${dataset.path}) has no rows`,
    });
  }
  return {
    ...{ dataset, digest, rows, ...labels?.finish() },
    slices: new Map(slices.map(each => [each.slice.name, each.rows.values()])),
    rowChecks: [...invariances, ...ranges],
    ...(needs.latency && {
      requests: await measureRequests(source, mapping, predictor),
    }),
  };
}

interface BatchedRow {
  row: SourceRow;
  encoded: EncodedRow;
}

/** Rows that go together in one request. */
async function* batches(
  source: RowSource,
  mapping: InputMapping,
  dataset: Dataset,
): AsyncIterable<BatchedRow[]> {
  let batch: BatchedRow[] = [];
  let size = 0;
  for await (const row of source.rows()) {
    const encoded = inRow(dataset, row, () => mapping.encode(row));
    const isFull =
      batch.length > 0 &&
      (!mapping.isBatched ||
        batch.length === BATCH_ROWS ||
        size + encoded.size > BATCH_BYTES ||
        batch[0].encoded.shapes !== encoded.shapes);
    if (isFull) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push({ row, encoded });
    size += encoded.size;
  }
  if (batch.length) yield batch;
}

async function predictRows(
  predictor: Predictor,
  batch: readonly BatchedRow[],
  mapping: InputMapping,
): Promise<RowAnswers> {
  const { answers } = await predictor.predict(
    batch.map(({ encoded }) => encoded),
    mapping.isBatched,
  );
  return new RowAnswers(answers, batch.length);
}

/** Says in which row something went wrong. */
function inRow<T>(dataset: Dataset, row: SourceRow, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const isAboutAll =
      error instanceof ToolError && error.code !== 'UNKNOWN_CLASS';
    if (isAboutAll) throw error;
    const reason =
      error instanceof RowError ? error.message : (error as Error).message;
    throw new ToolError({
      code: 'ROW_INVALID',
      message: `${dataset.path}, row ${row.number}: ${reason || row.problem}`,
      hint: 'Correct the row, or what the suite says of the data set.',
    });
  }
}

async function checkedDigest(path: string, dataset: Dataset): Promise<string> {
  const { digest } = await hashFile({
    path: dataset.path,
    absolutePath: path,
    size: 0,
  }).catch(() => {
    throw new ToolError({
      code: 'DATASET_MISSING',
      message: `The data set '${dataset.name}' names ${dataset.path}, which is not in the package`,
    });
  });
  if (dataset.digest === undefined || dataset.digest === digest) return digest;
  throw new ToolError({
    code: 'DATASET_CHANGED',
    message: `The data set '${dataset.name}' (${dataset.path}) is not the one that the suite names: its digest is ${digest}, the suite has ${dataset.digest}`,
    hint: 'Bring the right file back, or write the new digest into the suite if the change is meant.',
  });
}

function formatFor(dataset: Dataset) {
  const format = dataset.format ?? formatOf(dataset.path);
  if (format) return format;
  throw new ToolError({
    code: 'FORMAT_UNKNOWN',
    message: `The name ${dataset.path} does not tell its format; say it: format: csv, jsonl or parquet`,
  });
}

function checkColumns(source: RowSource, dataset: Dataset, suite: Suite) {
  const { columns } = source;
  if (!columns) return;
  const wanted = [
    ...(dataset.label ? [dataset.label.column] : []),
    ...[
      ...suite.slices.map(each => ({ ...each, ...each.where })),
      ...suite.invariance.map(each => ({ ...each, ...each.change })),
    ]
      .filter(each => each.dataset === dataset.name)
      .map(each => each.column),
  ];
  const missing = wanted.find(name => !columns.includes(name));
  if (missing === undefined) return;
  throw new ToolError({
    code: 'COLUMN_MISSING',
    message: `${
      dataset.path
    } has no column '${missing}', which the suite names; its columns are: ${columns.join(
      ', ',
    )}`,
  });
}
