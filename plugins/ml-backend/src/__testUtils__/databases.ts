import { resolvePackagePath } from '@backstage/backend-plugin-api';
import {
  type TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';

const POSTGRES = /^BACKSTAGE_TEST_DATABASE_POSTGRES(\d+)_CONNECTION_STRING$/;

/**
 * SQLite and the PostgreSQL at hand. Without a PostgreSQL the tests fail, for
 * they would prove half of what they say.
 */
export function testDatabases() {
  const version = Object.keys(process.env)
    .map(name => POSTGRES.exec(name)?.[1])
    .find(Boolean);
  const ids = ['SQLITE_3', `POSTGRES_${version ?? 18}`] as TestDatabaseId[];
  const databases = TestDatabases.create({ ids });
  return {
    ids,
    async init(id: TestDatabaseId): Promise<Knex> {
      if (!databases.supports(id)) {
        throw new Error(
          'There is no PostgreSQL to test on: run the tests through `npm test`, which starts one, or set BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING',
        );
      }
      const knex = await databases.init(id);
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@ml-platform/plugin-ml-backend',
          'migrations',
        ),
      });
      return knex;
    },
  };
}
