import { mockCredentials } from '@backstage/backend-test-utils';
// The platform as it runs, and not what it might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../plugins/ml-backend/src/__testUtils__/databases';
import { TestPlatform } from '../../../plugins/ml-backend/src/__testUtils__/startPlatform';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

describe('rules of one model, by ml', () => {
  const databases = testDatabases();
  let command: MlProcess;
  let platform: TestPlatform;

  beforeAll(async () => {
    command = await MlProcess.build();
    platform = await TestPlatform.start({
      knex: await databases.init('SQLITE_3'),
    });
  });
  afterAll(async () => {
    await platform.stop();
    await command.dispose();
  });

  const ml = (...args: string[]) =>
    command.run(args, {
      env: {
        ML_URL: platform.url,
        ML_TOKEN: mockCredentials.user.token('user:default/mia'),
      },
    });

  it('an exception can be asked for before there is a version', async () => {
    const ask = () =>
      ml(
        ...['limits', 'request', 'embeddings', '--size', '12GiB'],
        ...['--until', new Date(Date.now() + 9e8).toISOString().slice(0, 10)],
        ...['--reason', 'A large vocabulary'],
      );
    expect((await ask()).code).toBe(3);
    const created = await ml(
      ...['models', 'create', 'embeddings', '--owner', 'quality-team'],
      ...['--description', 'Embeds product texts', '--json'],
    );
    expect(created).toMatchObject({ code: 0 });
    expect(JSON.parse(created.stdout).data).toMatchObject({
      ...{ name: 'embeddings', owner: 'group:default/quality-team' },
      versionCount: 0,
    });
    // It waits for a second person.
    expect((await ask()).code).toBe(8);
  });

  it('the policy of an alias has a history', async () => {
    const policy = (...args: string[]) =>
      ml('aliases', 'policy', 'embeddings', 'champion', ...args);
    const none = await policy('--history');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    await policy('--evidence', 'live-in-staging');
    await policy('--mover', 'user:default/mia');
    const { stdout } = await policy('--history', '--json');
    const { items, kind } = JSON.parse(stdout);
    expect(kind).toBe('AliasPolicyChangeList');
    expect(items).toMatchObject([
      {
        by: 'user:default/mia',
        before: { movers: [], evidence: ['live-in-staging'] },
        after: { movers: ['user:default/mia'], evidence: [] },
      },
      { after: { movers: [], evidence: ['live-in-staging'] } },
    ]);
    expect(items[1].before).toBeUndefined();
    expect((await policy('--history', '--clear')).code).toBe(2);
  });
});
