import {
  type DatabaseService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import type { SessionUsers } from './SessionUsers';

const TABLE = 'ml_session_users';
/** The auth plugin keeps its own in the same database. */
const MIGRATIONS = 'ml_auth_migrations';
/** A session that nobody renewed for so long is over at any provider. */
const KEEP_MS = 90 * 24 * 3_600_000;

/** In the database of the auth plugin, so that every instance knows it. */
export class DatabaseSessionUsers implements SessionUsers {
  readonly #knex: Knex;

  private constructor(knex: Knex) {
    this.#knex = knex;
  }

  static async create(
    database: Pick<DatabaseService, 'getClient' | 'migrations'>,
  ): Promise<DatabaseSessionUsers> {
    const knex = await database.getClient();
    if (!database.migrations?.skip) {
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@ml-platform/plugin-auth-backend-module-ml',
          'migrations',
        ),
        tableName: MIGRATIONS,
      });
    }
    return new DatabaseSessionUsers(knex);
  }

  async remember(session: string, user: string): Promise<void> {
    const at = new Date();
    await this.#knex(TABLE)
      .insert({ session, user, at })
      .onConflict('session')
      .merge();
    await this.#knex(TABLE)
      .where('at', '<', new Date(at.getTime() - KEEP_MS))
      .delete();
  }

  async find(session: string): Promise<string | undefined> {
    const row = await this.#knex(TABLE).where({ session }).first('user');
    return row?.user;
  }

  async forget(session: string): Promise<void> {
    await this.#knex(TABLE).where({ session }).delete();
  }
}
