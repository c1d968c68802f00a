import type { Environment } from '../releases/types';

/** Formats of the files of a batch job. @public */
export const BATCH_FORMATS = ['csv', 'jsonl', 'parquet'] as const;

/** @public */
export type BatchFormat = (typeof BATCH_FORMATS)[number];

/** @public */
export type BatchJobState =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** How a batch job reads its input and writes its output. @public */
export interface BatchJobSettings {
  inputFormat: BatchFormat;
  outputFormat: BatchFormat;
  /** Columns of each of the model's inputs, `features=age,income` or `features=first..last`. */
  columns: string[];
  /** Columns that are passed on to the output. */
  keep: string[];
  /** Rejects rows with a missing value, or sends it as NaN. */
  missing: 'reject' | 'nan';
  /** Rows that may be rejected: `100` or `0.5%`. */
  maxRejected: string;
}

/** Predictions for a whole file, which the platform makes. @public */
export interface BatchJob {
  id: string;
  model: string;
  environment: Environment;
  /** What was asked for: an exact version, an API version, or what is live when absent. */
  pin?: string;
  /** The version that answers, once the job has begun. */
  version?: string;
  state: BatchJobState;
  settings: BatchJobSettings;
  /** Entity reference; nobody else can read the files. */
  requestedBy: string;
  /** Bytes of the input, and how many of them are dealt with. */
  inputBytes: number;
  position: number;
  rows: number;
  rejected: number;
  /** What came of it, or what it waits for. */
  message?: string;
  /** ISO 8601. */
  createdAt: string;
  startedAt?: string;
  finishedAt?: string;
  /** When its files are removed. */
  expiresAt: string;
}

/** @public */
export interface CreateBatchJobRequest extends Partial<BatchJobSettings> {
  environment: Environment;
  pin?: string;
  inputFormat: BatchFormat;
}
