import type { Environment } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import type { ReleaseQuotas } from './ReleaseQuotas';

/** Whose a model is, is asked of the registry's table: a model that changed hands counts for its owner of today. */
export class DatabaseReleaseQuotas implements ReleaseQuotas {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  async lock(
    trx: Knex.Transaction,
    team: string,
    environment: Environment,
  ): Promise<void> {
    await trx('ml_release_locks')
      .insert({ team, environment, taken_at: new Date().toISOString() })
      .onConflict(['team', 'environment'])
      .merge();
  }

  async listStaged(team: string, trx?: Knex.Transaction): Promise<string[]> {
    const inStaging = { environment: 'staging' satisfies Environment };
    const rows: Array<{ name: string }> = await (trx ?? this.#knex)('ml_models')
      .where({ owner: team })
      .where(nested => {
        nested
          .whereIn('name', builder => {
            builder
              .from('ml_deployments')
              .where(inStaging)
              .whereNotNull('version')
              .select('model');
          })
          .orWhereIn('name', builder => {
            builder
              .from('ml_releases')
              .where({ ...inStaging, active: 1 })
              .select('model');
          });
      })
      .orderBy('name')
      .select('name');
    return rows.map(({ name }) => name);
  }

  async listDeployed(
    { since, team }: { team: string; since: Date },
    trx?: Knex.Transaction,
  ): Promise<string[]> {
    const rows: Array<{ created_at: string }> = await (trx ?? this.#knex)(
      'ml_releases',
    )
      .join('ml_models', 'ml_models.name', 'ml_releases.model')
      .where({
        'ml_models.owner': team,
        'ml_releases.environment': 'production',
        'ml_releases.kind': 'deploy',
      })
      // What did not get past the gate changed nothing; nor did what was ended there.
      .whereNot('ml_releases.state', 'refused')
      .whereNot(nested => {
        nested
          .where('ml_releases.state', 'aborted')
          .whereNull('ml_releases.generation');
      })
      .where('ml_releases.created_at', '>', since.toISOString())
      .orderBy('ml_releases.created_at')
      .select('ml_releases.created_at');
    return rows.map(row => row.created_at);
  }
}
