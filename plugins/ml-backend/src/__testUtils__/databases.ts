import { resolvePackagePath } from '@backstage/backend-plugin-api';
import {
  type TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { PostgresTemplate } from './PostgresTemplate';

const POSTGRES = /^BACKSTAGE_TEST_DATABASE_POSTGRES(\d+)_CONNECTION_STRING$/;

/**
 * SQLite and the PostgreSQL at hand. Without a PostgreSQL the tests fail, for
 * they would prove half of what they say.
 */
export function testDatabases() {
  const variable = Object.keys(process.env).find(name => POSTGRES.test(name));
  const url = variable && process.env[variable];
  const version = variable && POSTGRES.exec(variable)?.[1];
  const ids = ['SQLITE_3', `POSTGRES_${version ?? 18}`] as TestDatabaseId[];
  const directory = resolvePackagePath(
    '@ml-platform/plugin-ml-backend',
    'migrations',
  );
  const sqlite = TestDatabases.create({ ids: ['SQLITE_3'] });
  const postgres = url && new PostgresTemplate({ url, directory });
  afterAll(async () => {
    if (postgres) await postgres.dispose();
  });
  return {
    ids,
    async init(id: TestDatabaseId): Promise<Knex> {
      if (id === 'SQLITE_3') {
        const knex = await sqlite.init(id);
        await knex.migrate.latest({ directory });
        return knex;
      }
      if (!postgres) {
        throw new Error(
          'There is no PostgreSQL to test on: run the tests through `npm test`, which starts one, or set BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING',
        );
      }
      return postgres.create();
    },
  };
}
