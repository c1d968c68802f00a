import { readdirSync } from 'node:fs';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { TestDatabases } from '@backstage/backend-test-utils';
import { testDatabases } from './__testUtils__/databases';

jest.setTimeout(60_000);

const directory = resolvePackagePath(
  '@ml-platform/plugin-ml-backend',
  'migrations',
);
const migrations = readdirSync(directory).sort();
const { ids } = testDatabases();
const databases = TestDatabases.create({ ids });

describe.each(ids)('migrations on %s', databaseId => {
  it('go up one by one, and all the way down again with data in place', async () => {
    const knex = await databases.init(databaseId);
    for (const name of migrations) {
      const [, [applied]] = await knex.migrate.up({ directory });
      expect(applied).toBe(name);
    }
    const at = '2026-01-01T00:00:00.000Z';
    await knex('ml_models').insert({
      name: 'wine',
      title: 'Wine',
      description: 'Tells wines apart',
      owner: 'group:default/quality-team',
      depends_on: '[]',
      tags: '[]',
      latest_version: '1.0.0',
      version_count: 1,
      created_at: at,
      created_by: 'user:default/mia',
      updated_at: at,
    });
    await knex('ml_versions').insert({
      model: 'wine',
      version: '1.0.0',
      sort_key: '00',
      major: 1,
      digest: `sha256:${'0'.repeat(64)}`,
      repository: 'models/wine',
      format: 'onnx',
      package: '{}',
      card: '{}',
      files: '[]',
      size_bytes: 10_000_000_000,
      created_at: at,
      created_by: 'user:default/mia',
    });
    await knex('ml_audit_events').insert({
      id: 'one',
      at,
      actor: 'user:default/mia',
      action: 'version.register',
      resource: 'version:wine@1.0.0',
      outcome: 'succeeded',
      details: '{}',
    });
    for (const name of [...migrations].reverse()) {
      const [, [undone]] = await knex.migrate.down({ directory });
      expect(undone).toBe(name);
    }
    const tables =
      knex.client.config.client === 'pg'
        ? await knex('pg_tables').where({ schemaname: 'public' })
        : await knex('sqlite_master').where({ type: 'table' });
    const left = tables.map(row => row.tablename ?? row.name);
    expect(left.filter(name => name.startsWith('ml_'))).toEqual([]);
  });
});
