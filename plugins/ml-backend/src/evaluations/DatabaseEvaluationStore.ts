import { randomUUID } from 'node:crypto';
import type {
  Evaluation,
  EvaluationReport,
  EvaluationState,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type {
  ClaimedEvaluation,
  EvaluationEnd,
  EvaluationStore,
  NewEvaluation,
} from './EvaluationStore';

const TABLE = 'ml_evaluations';

interface Row {
  id: string;
  model: string;
  version: string;
  digest: string;
  state: EvaluationState;
  active: number | null;
  origin: Evaluation['origin'];
  requested_by: string;
  attempts: number;
  lease_owner: string | null;
  lease_until: string | null;
  baseline: string | null;
  summary: string | null;
  report: string | null;
  attestation: string | null;
  signer: string | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

/** All but the report, which may be long. */
const COLUMNS: Array<keyof Row> = [
  ...(['id', 'model', 'version', 'digest', 'state', 'origin'] as const),
  ...(['requested_by', 'attempts', 'baseline', 'summary'] as const),
  ...(['attestation', 'signer'] as const),
  ...(['created_at', 'started_at', 'finished_at'] as const),
];

export class DatabaseEvaluationStore implements EvaluationStore {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  transaction<T>(run: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    return this.#knex.transaction(run);
  }

  async create(
    trx: Knex.Transaction,
    evaluation: NewEvaluation,
  ): Promise<Evaluation> {
    const { digest, model, origin, requestedBy, version } = evaluation;
    const row = {
      ...{ id: randomUUID(), model, version, digest, origin },
      ...{ state: 'queued' as const, active: 1, attempts: 0 },
      requested_by: requestedBy,
      created_at: new Date().toISOString(),
    };
    await trx<Row>(TABLE).insert(row);
    return toEvaluation(row as Row);
  }

  async getActive(
    model: string,
    version: string,
  ): Promise<Evaluation | undefined> {
    const row = await this.#knex<Row>(TABLE)
      .where({ model, version, active: 1 })
      .first();
    return row && toEvaluation(row);
  }

  async get(id: string): Promise<Evaluation | undefined> {
    const row = await this.#knex<Row>(TABLE).where({ id }).first();
    return row && toEvaluation(row);
  }

  async list(query: {
    model: string;
    version?: string;
    limit: number;
  }): Promise<Evaluation[]> {
    const { limit, model, version } = query;
    const rows = await this.#knex<Row>(TABLE)
      .where({ model, ...(version !== undefined && { version }) })
      .select(COLUMNS)
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(limit);
    return rows.map(row => toEvaluation(row as Row));
  }

  async listActive(): Promise<string[]> {
    const rows = await this.#knex<Row>(TABLE)
      .where({ active: 1 })
      .select('id')
      .orderBy('created_at');
    return rows.map(({ id }) => id);
  }

  async claim(
    id: string,
    owner: string,
    until: Date,
  ): Promise<ClaimedEvaluation | undefined> {
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
    return row && { ...toEvaluation(row), attempts: row.attempts };
  }

  async begin(id: string, owner: string): Promise<void> {
    await this.#knex<Row>(TABLE)
      .where({ id, active: 1, lease_owner: owner })
      .increment('attempts', 1)
      .update({ state: 'running', started_at: new Date().toISOString() });
  }

  async unclaim(id: string, owner: string): Promise<void> {
    await this.#knex<Row>(TABLE)
      .where({ id, lease_owner: owner })
      .update({ lease_owner: null, lease_until: null });
  }

  async end(
    trx: Knex.Transaction,
    id: string,
    end: EvaluationEnd,
  ): Promise<boolean> {
    const ended = await trx<Row>(TABLE)
      .where({ id, active: 1 })
      .update({
        ...end,
        active: null,
        lease_owner: null,
        lease_until: null,
        finished_at: new Date().toISOString(),
      });
    return ended > 0;
  }
}

function toEvaluation(row: Row): Evaluation {
  const optional = {
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    summary: row.summary,
    baseline: row.baseline,
    attestation: row.attestation,
    signer: row.signer,
  };
  return {
    id: row.id,
    model: row.model,
    version: row.version,
    digest: row.digest,
    state: row.state,
    origin: row.origin,
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    ...Object.fromEntries(
      Object.entries(optional).filter(
        ([, value]) => value !== null && value !== undefined,
      ),
    ),
    ...(row.report && {
      report: JSON.parse(row.report) as EvaluationReport,
    }),
  };
}
