import type {
  Environment,
  FinishedRelease,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ReleaseRow } from './rows';

export interface FinishedReleaseRow extends FinishedRelease {
  registeredAt?: string;
  /** When its version first became live there. */
  firstSuccess?: string;
}

/** More would only blur what the newest say. */
const MOST = 20_000;

/** Reads what became of releases, for those who count. */
export class ReleaseRecords {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  /** The newest first. */
  async listFinished(query: {
    environment: Environment;
    since: string;
  }): Promise<FinishedReleaseRow[]> {
    const { environment, since } = query;
    const first = this.#knex('ml_releases')
      .where({ environment, state: 'succeeded', kind: 'deploy' })
      .groupBy('model', 'version')
      .select('model', 'version')
      .min({ at: 'finished_at' })
      .as('first');
    const rows: Array<
      ReleaseRow & { first_at: string | null; registered_at: string | null }
    > = await this.#knex('ml_releases')
      .leftJoin(first, join =>
        join
          .on('first.model', 'ml_releases.model')
          .andOn('first.version', 'ml_releases.version'),
      )
      .leftJoin('ml_versions', join =>
        join
          .on('ml_versions.model', 'ml_releases.model')
          .andOn('ml_versions.version', 'ml_releases.version'),
      )
      .where('ml_releases.environment', environment)
      .where('ml_releases.finished_at', '>', since)
      .orderBy('ml_releases.finished_at', 'desc')
      .limit(MOST)
      .select('ml_releases.*', {
        first_at: 'first.at',
        registered_at: 'ml_versions.created_at',
      });
    return rows.map(row => ({
      model: row.model,
      kind: row.kind,
      version: row.version,
      state: row.state,
      createdAt: row.created_at,
      finishedAt: row.finished_at ?? undefined,
      registeredAt: row.registered_at ?? undefined,
      firstSuccess: row.first_at ?? undefined,
    }));
  }
}
