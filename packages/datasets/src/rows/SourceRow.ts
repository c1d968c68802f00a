/**
 * One row of a data file.
 * @public
 */
export interface SourceRow {
  /** From 1, as people count; a header is no row. */
  number: number;
  /** By column; absent when the row cannot be read. */
  values?: Record<string, unknown>;
  /** Why it cannot be read. Never repeats a value, which may be personal data. */
  problem?: string;
  /** Bytes of the input up to its end, about. */
  position: number;
}

/**
 * The rows of a file, and what is known before the first one.
 * @public
 */
export interface RowSource {
  /** Names of the columns; unknown for JSON Lines. */
  columns?: readonly string[];
  /** Whether all values are text, and so have to be read as numbers. */
  isText: boolean;
  rows(): AsyncIterable<SourceRow>;
}

/** @public */
export const INPUT_FORMATS = ['csv', 'jsonl', 'parquet'] as const;

/** @public */
export type RowFormat = (typeof INPUT_FORMATS)[number];
