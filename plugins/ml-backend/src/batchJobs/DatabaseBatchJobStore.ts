import type {
  BatchJob,
  BatchJobSettings,
  BatchJobState,
  Environment,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type {
  BatchJobEnd,
  BatchJobProgress,
  BatchJobStore,
  NewBatchJob,
} from './BatchJobStore';

const TABLE = 'ml_batch_jobs';

interface Row {
  id: string;
  model: string;
  environment: Environment;
  pin: string | null;
  version: string | null;
  state: BatchJobState;
  active: number | null;
  settings: string;
  requested_by: string;
  /** PostgreSQL gives integers of 64 bits as text. */
  input_bytes: number | string;
  position: number | string;
  rows: number | string;
  rejected: number | string;
  message: string | null;
  attempts: number;
  lease_owner: string | null;
  lease_until: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  expires_at: string;
}

export class DatabaseBatchJobStore implements BatchJobStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async create(trx: Knex.Transaction, job: NewBatchJob): Promise<BatchJob> {
    const row: Row = {
      id: job.id,
      model: job.model,
      environment: job.environment,
      pin: job.pin ?? null,
      version: null,
      state: 'queued',
      active: 1,
      settings: JSON.stringify(job.settings),
      requested_by: job.requestedBy,
      input_bytes: job.inputBytes,
      ...{ position: 0, rows: 0, rejected: 0, attempts: 0 },
      ...{ message: null, lease_owner: null, lease_until: null },
      created_at: new Date().toISOString(),
      ...{ started_at: null, finished_at: null },
      expires_at: job.expiresAt,
    };
    await trx<Row>(TABLE).insert(row);
    return toJob(row);
  }

  async get(id: string): Promise<BatchJob | undefined> {
    const row = await this.#knex<Row>(TABLE).where({ id }).first();
    return row && toJob(row);
  }

  async list(query: { model: string; limit: number }): Promise<BatchJob[]> {
    const rows = await this.#knex<Row>(TABLE)
      .where({ model: query.model })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(query.limit);
    return rows.map(toJob);
  }

  async listActive(): Promise<string[]> {
    const rows = await this.#knex<Row>(TABLE)
      .where({ active: 1 })
      .select('id')
      .orderBy('created_at');
    return rows.map(({ id }) => id);
  }

  async claim(id: string, owner: string, until: Date) {
    const now = new Date().toISOString();
    const claimed = await this.#knex<Row>(TABLE)
      .where({ id, active: 1 })
      .where(nested => {
        nested
          .whereNull('lease_until')
          .orWhere('lease_until', '<', now)
          .orWhere('lease_owner', owner);
      })
      .update({ lease_owner: owner, lease_until: until.toISOString() });
    if (!claimed) return undefined;
    const row = await this.#knex<Row>(TABLE).where({ id }).first();
    return row && { ...toJob(row), attempts: row.attempts };
  }

  async begin(id: string, owner: string): Promise<void> {
    await this.#owned(id, owner).increment('attempts', 1);
    await this.#owned(id, owner)
      .update({ state: 'running' })
      .update(
        'started_at',
        this.#knex.raw('coalesce(started_at, ?)', [new Date().toISOString()]),
      );
  }

  async interrupt(id: string, owner: string): Promise<void> {
    await this.#owned(id, owner).decrement('attempts', 1);
  }

  async unclaim(id: string, owner: string): Promise<void> {
    await this.#knex<Row>(TABLE)
      .where({ id, lease_owner: owner })
      .update({ lease_owner: null, lease_until: null });
  }

  async progress(id: string, progress: BatchJobProgress): Promise<void> {
    await this.#knex<Row>(TABLE)
      .where({ id, active: 1 })
      .update({ ...progress, message: progress.message ?? null });
  }

  async end(
    trx: Knex.Transaction,
    id: string,
    end: BatchJobEnd,
  ): Promise<boolean> {
    const ended = await trx<Row>(TABLE)
      .where({ id, active: 1 })
      .update({
        ...end,
        ...{ active: null, lease_owner: null, lease_until: null },
        finished_at: new Date().toISOString(),
      });
    return ended > 0;
  }

  async listExpired(now: Date): Promise<string[]> {
    const rows = await this.#knex<Row>(TABLE)
      .whereNull('active')
      .where('expires_at', '<', now.toISOString())
      .select('id');
    return rows.map(({ id }) => id);
  }

  async remove(id: string): Promise<void> {
    await this.#knex<Row>(TABLE).where({ id }).whereNull('active').delete();
  }

  #owned(id: string, owner: string) {
    return this.#knex<Row>(TABLE).where({ id, active: 1, lease_owner: owner });
  }
}

function toJob(row: Row): BatchJob {
  return {
    id: row.id,
    model: row.model,
    environment: row.environment,
    ...(row.pin !== null && { pin: row.pin }),
    ...(row.version !== null && { version: row.version }),
    state: row.state,
    settings: JSON.parse(row.settings) as BatchJobSettings,
    requestedBy: row.requested_by,
    inputBytes: Number(row.input_bytes),
    position: Number(row.position),
    rows: Number(row.rows),
    rejected: Number(row.rejected),
    ...(row.message !== null && { message: row.message }),
    createdAt: row.created_at,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    expiresAt: row.expires_at,
  };
}
