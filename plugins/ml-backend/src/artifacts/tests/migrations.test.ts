import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { TestDatabaseId, TestDatabases } from '@backstage/backend-test-utils';
import { testDatabases } from '../../__testUtils__/databases';

jest.setTimeout(60_000);

const { ids } = testDatabases();
const databases = TestDatabases.create({ ids });
const directory = resolvePackagePath(
  '@ml-platform/plugin-ml-backend',
  'migrations',
);
const REMOVAL = '20261102000100_artifacts_removal.js';

const digest = (fill: string) => `sha256:${fill.repeat(64)}`;

describe.each(ids)('the migrations on %s', (id: TestDatabaseId) => {
  it('read what the manifests that are there already name', async () => {
    const knex = await databases.init(id);
    for (;;) {
      const [, pending] = await knex.migrate.list({ directory });
      if (pending[0].file === REMOVAL) break;
      await knex.migrate.up({ directory });
    }
    const created_at = new Date('2026-11-01T12:00:00Z');
    const manifest = (name: string, content: object) => ({
      repository: 'models/wine',
      digest: digest(name),
      media_type: 'application/json',
      size: 1,
      content: Buffer.from(JSON.stringify(content)),
      created_at,
    });
    await knex('ml_artifact_blobs').insert({
      digest: digest('a'),
      size: 1,
      created_at,
    });
    await knex('ml_artifact_repository_blobs').insert({
      repository: 'models/wine',
      digest: digest('a'),
      created_at,
    });
    await knex('ml_artifact_manifests').insert([
      manifest('c', {
        config: { digest: digest('a') },
        layers: [
          { digest: digest('b') },
          { digest: digest('b') },
          {
            mediaType: 'application/vnd.oci.image.layer.nondistributable.v1',
            digest: digest('e'),
          },
        ],
      }),
      manifest('d', { manifests: [{ digest: digest('c') }] }),
    ]);

    await knex.migrate.up({ directory });
    const [link] = await knex('ml_artifact_repository_blobs');
    expect(new Date(link.touched_at)).toEqual(created_at);
    const references = await knex('ml_artifact_references').orderBy([
      'parent_digest',
      'child_digest',
    ]);
    expect(references).toEqual(
      [
        ['c', 'blob', 'a'],
        ['c', 'blob', 'b'],
        ['d', 'manifest', 'c'],
      ].map(([parent, kind, child]) => ({
        repository: 'models/wine',
        parent_digest: digest(parent),
        kind,
        child_digest: digest(child),
      })),
    );

    await knex.migrate.latest({ directory });
    const long = `sha512:${'f'.repeat(128)}`;
    await knex('ml_artifact_blobs').insert({
      digest: long,
      size: 1,
      created_at,
    });
    await knex.migrate.rollback({ directory }, true);
    expect(await knex.schema.hasTable('ml_artifact_manifests')).toBe(false);
  });
});
