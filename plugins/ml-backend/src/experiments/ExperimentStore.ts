import type {
  Environment,
  ExperimentSpec,
  ServedModelKey,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';

/** An experiment that is wanted, or whose end the data plane has not heard of. */
export interface StoredExperiment {
  model: string;
  environment: Environment;
  spec: ExperimentSpec;
  stopping: boolean;
  startedAt: string;
  startedBy: string;
}

export interface ExperimentStore {
  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T>;

  get(
    key: ServedModelKey,
    trx?: Knex.Transaction,
  ): Promise<StoredExperiment | undefined>;

  list(
    query: { model?: string },
    trx?: Knex.Transaction,
  ): Promise<StoredExperiment[]>;

  /** @throws an error that `isDatabaseConflictError` knows while there is one */
  create(trx: Knex.Transaction, experiment: StoredExperiment): Promise<void>;

  /**
   * Replaces one that is as it was read.
   * @returns whether it was
   */
  replace(
    trx: Knex.Transaction,
    before: StoredExperiment,
    after: Pick<StoredExperiment, 'spec' | 'stopping'>,
  ): Promise<boolean>;

  /** @returns whether it was there */
  remove(
    trx: Knex.Transaction,
    experiment: Pick<StoredExperiment, 'model' | 'environment' | 'spec'>,
  ): Promise<boolean>;
}
