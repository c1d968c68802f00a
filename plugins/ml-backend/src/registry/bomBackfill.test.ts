import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { CYCLONEDX_MEDIA_TYPE } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const DIGEST = `sha256:${'0'.repeat(64)}`;

describe.each(databases.ids)('missing bills of materials on %s', id => {
  const scheduler = mockServices.scheduler();
  let knex: Knex;
  let platform: TestPlatform;

  beforeEach(async () => {
    knex = await databases.init(id);
    platform = await TestPlatform.start({ knex, scheduler });
  });
  afterEach(() => platform.stop());

  const registry = (path: string, method = 'GET') =>
    fetch(`${platform.url}/v2/models/${MODEL}/${path}`, {
      method,
      headers: { authorization: mockCredentials.user.header() },
    });
  const bomsOf = async (digest: string): Promise<{ digest: string }[]> => {
    const answer = await registry(
      `referrers/${digest}?artifactType=${encodeURIComponent(
        CYCLONEDX_MEDIA_TYPE,
      )}`,
    );
    return (await answer.json()).manifests;
  };
  const left = () => knex('ml_missing_boms').orderBy('version');

  it('are attached once to versions of before, and what fails has its turn again', async () => {
    const { digest } = await platform.register(
      MODEL,
      '1.0.0',
      examplePackage(MODEL),
    );
    expect(await left()).toEqual([]);
    // As if it had been registered by a release that attached none.
    const [{ digest: bom }] = await bomsOf(digest);
    expect((await registry(`manifests/${bom}`, 'DELETE')).status).toBe(202);
    expect(await bomsOf(digest)).toEqual([]);
    await knex('ml_missing_boms').insert([
      { model: MODEL, version: '1.0.0' },
      { model: MODEL, version: '1.1.0' },
      { model: MODEL, version: '9.9.9' },
    ]);
    // The manifest of this one is gone.
    const [row] = await knex('ml_versions').where({ version: '1.0.0' });
    await knex('ml_versions').insert({
      ...row,
      ...{ version: '1.1.0', digest: DIGEST },
    });

    await scheduler.triggerTask('ml-attach-missing-boms');
    expect((await bomsOf(digest)).map(item => item.digest)).toEqual([bom]);
    expect(await left()).toEqual([{ model: MODEL, version: '1.1.0' }]);

    await scheduler.triggerTask('ml-attach-missing-boms');
    expect(await bomsOf(digest)).toHaveLength(1);
    expect(await left()).toHaveLength(1);
  });
});
