import type { BatchJob } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

export type NewBatchJob = Pick<
  BatchJob,
  | 'id'
  | 'model'
  | 'environment'
  | 'pin'
  | 'settings'
  | 'requestedBy'
  | 'inputBytes'
  | 'expiresAt'
>;

/** How far a job is. */
export type BatchJobProgress = Partial<
  Pick<BatchJob, 'version' | 'position' | 'rows' | 'rejected' | 'message'>
>;

/** How a job ended. */
export interface BatchJobEnd extends BatchJobProgress {
  state: 'succeeded' | 'failed' | 'cancelled';
}

export interface BatchJobStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;

  create(trx: Knex.Transaction, job: NewBatchJob): Promise<BatchJob>;

  get(id: string): Promise<BatchJob | undefined>;

  /** Newest first. */
  list(query: { model: string; limit: number }): Promise<BatchJob[]>;

  /** Ids of those that are queued or running, oldest first. */
  listActive(): Promise<string[]>;

  /** Takes a job on, or keeps it; undefined when another process has it or it has ended. */
  claim(
    id: string,
    owner: string,
    until: Date,
  ): Promise<(BatchJob & { attempts: number }) | undefined>;

  begin(id: string, owner: string): Promise<void>;

  /** Undoes the count of a beginning, after an orderly interruption. */
  interrupt(id: string, owner: string): Promise<void>;

  unclaim(id: string, owner: string): Promise<void>;

  progress(id: string, progress: BatchJobProgress): Promise<void>;

  /** Ends one that is under way; false when it has ended. */
  end(trx: Knex.Transaction, id: string, end: BatchJobEnd): Promise<boolean>;

  /** Ids of jobs that ended and whose files have had their time. */
  listExpired(now: Date): Promise<string[]>;

  remove(id: string): Promise<void>;
}
