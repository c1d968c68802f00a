import type {
  Evaluation,
  EvaluationState,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

export type NewEvaluation = Pick<
  Evaluation,
  'model' | 'version' | 'digest' | 'origin' | 'requestedBy'
>;

/** How an evaluation ended. */
export interface EvaluationEnd {
  state: Exclude<EvaluationState, 'queued' | 'running'>;
  summary: string;
  /** As JSON. */
  report?: string;
  baseline?: string;
  attestation?: string;
  signer?: string;
}

/** An evaluation that a process has taken on. */
export type ClaimedEvaluation = Evaluation & { attempts: number };

export interface EvaluationStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;

  /** Fails on the unique key when one of the version is under way. */
  create(trx: Knex.Transaction, evaluation: NewEvaluation): Promise<Evaluation>;

  /** Of a version, the one that is queued or running. */
  getActive(model: string, version: string): Promise<Evaluation | undefined>;

  /** With its report. */
  get(id: string): Promise<Evaluation | undefined>;

  /** Newest first, without reports. */
  list(query: {
    model: string;
    version?: string;
    limit: number;
  }): Promise<Evaluation[]>;

  /** Ids of those that are queued or running, oldest first. */
  listActive(): Promise<string[]>;

  /** Takes an evaluation on, or keeps it; undefined when another process has it. */
  claim(
    id: string,
    owner: string,
    until: Date,
  ): Promise<ClaimedEvaluation | undefined>;

  /** Counts a beginning; whatever an earlier one did is done again. */
  begin(id: string, owner: string): Promise<void>;

  unclaim(id: string, owner: string): Promise<void>;

  /** Ends one that is under way; false when it has ended. */
  end(trx: Knex.Transaction, id: string, end: EvaluationEnd): Promise<boolean>;
}
