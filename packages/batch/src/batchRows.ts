import {
  type EncodedRow,
  type InputMapping,
  RowError,
  type SourceRow,
} from '@ml-platform/datasets';

/** A request far below the 64 MiB that a gateway takes. */
const MAX_SIZE = 4 * 1024 * 1024;
/** So that a file of nothing but bad rows is worked off in pieces, too. */
const MAX_REJECTED = 5_000;

export interface RejectedRow {
  row: { number: number; position: number };
  reason: string;
}

/** Rows that are sent together, and those in between that cannot be. */
export interface RowBatch {
  rows: EncodedRow[];
  rejected: RejectedRow[];
}

/** Puts rows together, as many as `size` says at that moment. */
export async function* batchRows(
  source: AsyncIterable<SourceRow>,
  mapping: InputMapping,
  skip: number,
  size: () => number,
): AsyncIterable<RowBatch> {
  let batch: RowBatch = { rows: [], rejected: [] };
  let bytes = 0;
  const take = () => {
    const taken = batch;
    batch = { rows: [], rejected: [] };
    bytes = 0;
    return taken;
  };
  for await (const row of source) {
    if (row.number <= skip) continue;
    let encoded: EncodedRow;
    try {
      encoded = mapping.encode(row);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      const { number, position } = row;
      batch.rejected.push({ row: { number, position }, reason: error.message });
      if (batch.rejected.length >= MAX_REJECTED) yield take();
      continue;
    }
    const first = batch.rows[0];
    if (
      first &&
      (first.shapes !== encoded.shapes || bytes + encoded.size > MAX_SIZE)
    ) {
      yield take();
    }
    batch.rows.push(encoded);
    bytes += encoded.size;
    if (batch.rows.length >= (mapping.isBatched ? size() : 1)) yield take();
  }
  if (batch.rows.length || batch.rejected.length) yield take();
}
