import type {
  Environment,
  ServedModelKey,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ExperimentStore, StoredExperiment } from './ExperimentStore';

interface ExperimentRow {
  model: string;
  environment: Environment;
  spec: string;
  stopping: boolean | number;
  started_at: string;
  started_by: string;
}

export class DatabaseExperimentStore implements ExperimentStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async get(
    { environment, model }: ServedModelKey,
    trx?: Knex.Transaction,
  ): Promise<StoredExperiment | undefined> {
    const row = await this.#table(trx).where({ environment, model }).first();
    return row && toExperiment(row);
  }

  async list(
    { model }: { model?: string },
    trx?: Knex.Transaction,
  ): Promise<StoredExperiment[]> {
    const query = this.#table(trx).orderBy(['model', 'environment']);
    return (await (model ? query.where({ model }) : query)).map(toExperiment);
  }

  async create(
    trx: Knex.Transaction,
    experiment: StoredExperiment,
  ): Promise<void> {
    const { environment, model, spec, startedAt, startedBy, stopping } =
      experiment;
    await this.#table(trx).insert({
      model,
      environment,
      spec: JSON.stringify(spec),
      stopping,
      started_at: startedAt,
      started_by: startedBy,
    });
  }

  async replace(
    trx: Knex.Transaction,
    { environment, model, spec, stopping }: StoredExperiment,
    after: Pick<StoredExperiment, 'spec' | 'stopping'>,
  ): Promise<boolean> {
    const changed = await this.#table(trx)
      .where({ environment, model, spec: JSON.stringify(spec), stopping })
      .update({ spec: JSON.stringify(after.spec), stopping: after.stopping });
    return changed > 0;
  }

  async remove(
    trx: Knex.Transaction,
    { environment, model, spec }: StoredExperiment,
  ): Promise<boolean> {
    const removed = await this.#table(trx)
      .where({ environment, model, spec: JSON.stringify(spec) })
      .delete();
    return removed > 0;
  }

  #table(trx?: Knex.Transaction) {
    return (trx ?? this.#knex)<ExperimentRow>('ml_experiments');
  }
}

function toExperiment(row: ExperimentRow): StoredExperiment {
  return {
    model: row.model,
    environment: row.environment,
    spec: JSON.parse(row.spec),
    stopping: Boolean(row.stopping),
    startedAt: row.started_at,
    startedBy: row.started_by,
  };
}
