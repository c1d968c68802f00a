import type { Knex } from 'knex';
import type { ArtifactProtection } from '../artifacts';

/** Keeps the manifest of a registered version. */
export class VersionProtection implements ArtifactProtection {
  readonly #knex: Knex;

  constructor(options: { knex: Knex }) {
    this.#knex = options.knex;
  }

  async isProtected(
    repository: string,
    digest: string,
    transaction?: Knex.Transaction,
  ): Promise<string | undefined> {
    const version = await (transaction ?? this.#knex)('ml_versions')
      .where({ repository, digest })
      .whereNot('state', 'deleted')
      .first('model', 'version');
    return (
      version &&
      `it is the registered version ${version.version} of ${version.model}; delete that with: ml versions delete ${version.model}@${version.version}`
    );
  }
}
