import { mockCredentials } from '@backstage/backend-test-utils';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();

describe.each(databases.ids)('a registered version on %s', databaseId => {
  let platform: TestPlatform;

  afterEach(() => platform?.stop());

  it('cannot be deleted through the OCI registry', async () => {
    platform = await TestPlatform.start({
      knex: await databases.init(databaseId),
    });
    const digest = await platform.push(
      'wine-classifier',
      examplePackage('wine-classifier'),
    );
    await platform
      .as('user:default/mia')
      .registerVersion('wine-classifier', { version: '1.0.0', digest });
    for (const reference of [digest, '1.0.0']) {
      const url = `${platform.url}/v2/models/wine-classifier/manifests/${reference}`;
      const refused = await fetch(url, {
        method: 'DELETE',
        headers: {
          authorization: mockCredentials.user.header('user:default/mia'),
        },
      });
      expect(refused.status).toBe(409);
      const { errors } = await refused.json();
      expect(errors[0].message).toContain(
        'it is the registered version 1.0.0 of wine-classifier; delete that with: ml versions delete wine-classifier@1.0.0',
      );
    }
  });
});
