import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { ScriptedServingTarget } from '../__testUtils__/ScriptedServingTarget';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';

describe.each(databases.ids)('releases on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const start = async (
    options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
  ) => {
    platform = await TestPlatform.start({ knex, ...options });
  };
  const register = (version: string) =>
    platform.register(
      MODEL,
      version,
      examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      }),
    );
  const deploy = (version: string) =>
    platform.as().createRelease(MODEL, { environment: 'staging', version });
  const deployed = async (version: string) =>
    platform.finished(await deploy(version));
  const staging = async () => {
    const { items } = await platform
      .as()
      .listDeployments({ model: MODEL, environment: 'staging' });
    return items[0];
  };

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    await start();
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await register(version);
  });
  afterEach(() => platform.stop());

  it('makes a version live and tells each step, who asked and why', async () => {
    const requested = await platform
      .as('user:default/mia')
      .createRelease(MODEL, {
        environment: 'staging',
        version: '1.0.0',
        reason: 'First try',
      });
    expect(requested).toMatchObject({
      number: 1,
      kind: 'deploy',
      state: 'pending',
      requestedBy: 'user:default/mia',
    });
    const release = await platform.finished(requested);
    expect(release.state).toBe('succeeded');
    expect(release.transitions?.map(({ to }) => to)).toEqual([
      'pending',
      'loading',
      'routing',
      'succeeded',
    ]);
    expect(release.transitions?.[0].cause).toBe('First try');
    expect(await staging()).toMatchObject({
      version: '1.0.0',
      health: 'healthy',
      releaseNumber: 1,
      by: 'user:default/mia',
      endpoint: `http://staging.example/v2/models/${MODEL}`,
    });
    const { items } = await platform
      .as()
      .audit.list({ resource: `deployment:staging/${MODEL}` });
    expect(items.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['release.deploy', 'succeeded'],
      ['release.deploy', 'intended'],
    ]);
  });

  it('keeps each API version served and rolls back by moving a pointer', async () => {
    await deployed('1.0.0');
    await deployed('1.1.0');
    await deployed('2.0.0');
    expect(platform.target.held('staging', MODEL)).toMatchObject({
      versions: [{ version: '1.1.0' }, { version: '2.0.0' }],
      routes: {
        split: [{ version: '2.0.0', weight: 100 }],
        majors: {
          1: [{ version: '1.1.0', weight: 100 }],
          2: [{ version: '2.0.0', weight: 100 }],
        },
      },
    });
    const back = await platform.finished(
      await platform.as().rollback(MODEL, { environment: 'staging' }),
    );
    expect(back).toMatchObject({
      kind: 'rollback',
      number: 4,
      fromVersion: '2.0.0',
      version: '1.1.0',
      state: 'succeeded',
    });
    expect(await staging()).toMatchObject({
      version: '1.1.0',
      rollbackVersion: '1.0.0',
    });

    const further = await platform
      .as()
      .rollback(MODEL, { environment: 'staging', version: '1.0.0' });
    expect((await platform.finished(further)).state).toBe('succeeded');
    await expect(
      platform.as().rollback(MODEL, { environment: 'staging' }),
    ).rejects.toMatchObject(refusal(409, 'no good version'));
    const { items } = await platform.as().listReleases(MODEL);
    expect(items.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
  });

  it('refuses what cannot be released, and says why', async () => {
    const client = platform.as();
    await expect(deploy('9.9.9')).rejects.toMatchObject(
      refusal(404, 'has no version 9.9.9'),
    );
    await expect(
      client.createRelease('nothing', {
        environment: 'staging',
        version: '1.0.0',
      }),
    ).rejects.toMatchObject({ response: { status: 404 } });
    await expect(
      client.createRelease(MODEL, {
        environment: 'moon' as never,
        version: '1.0.0',
      }),
    ).rejects.toMatchObject(refusal(400, 'environment:'));
    await expect(
      client.rollback(MODEL, { environment: 'staging' }),
    ).rejects.toMatchObject(refusal(409, 'is not live in staging'));
    await deployed('1.0.0');
    await expect(
      client.rollback(MODEL, { environment: 'staging', version: '1.1.0' }),
    ).rejects.toMatchObject(refusal(400, 'never served in staging'));
  });

  it('admits one release at a time for a deployment', async () => {
    platform.target.outcome = { state: 'starting' };
    const first = await deploy('1.0.0');
    await expect(deploy('1.1.0')).rejects.toMatchObject(
      refusal(409, 'Release 1 (deploy of 1.0.0)'),
    );
    const elsewhere = await platform.as().createRelease(MODEL, {
      environment: 'production',
      version: '1.0.0',
    });
    platform.target.finishLoading();
    await platform.finished(first);
    await platform.finished(elsewhere);
    expect((await deployed('1.1.0')).state).toBe('succeeded');
  });

  it('carries a repeated request out once', async () => {
    const ask = (version: string) =>
      platform
        .as()
        .createRelease(
          MODEL,
          { environment: 'staging', version },
          { idempotencyKey: 'build-17' },
        );
    const [one, two] = [await ask('1.0.0'), await ask('1.0.0')];
    expect(two.id).toBe(one.id);
    await platform.finished(one);
    expect((await ask('1.0.0')).id).toBe(one.id);
    await expect(ask('1.1.0')).rejects.toMatchObject(
      refusal(409, 'idempotency-key'),
    );
  });

  it('leaves the live version alone when the next one does not load', async () => {
    await deployed('1.0.0');
    platform.target.outcome = {
      state: 'failed',
      reason: 'the file is damaged',
    };
    const release = await deployed('1.1.0');
    expect(release).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('the file is damaged'),
    });
    expect(await staging()).toMatchObject({
      version: '1.0.0',
      lastFailure: { number: release.number, version: '1.1.0' },
    });
    expect((await staging()).activeRelease).toBeUndefined();

    await eventually(
      async () => platform.target.held('staging', MODEL)?.versions.length === 1,
      'the failed version to be unloaded',
    );
    platform.target.outcome = { state: 'ready' };
    expect((await deployed('1.1.0')).state).toBe('succeeded');
    expect((await staging()).lastFailure).toBeUndefined();
  });

  it('waits for a data plane that is away, and says so', async () => {
    await deployed('1.0.0');
    platform.target.down = true;
    const release = await deploy('1.1.0');
    await eventually(
      async () => (await staging()).health === 'unknown',
      'unknown health',
    );
    expect((await staging()).healthReason).toContain('connection refused');
    platform.target.down = false;
    expect((await platform.finished(release)).state).toBe('succeeded');
  });

  it('gives a release up that never gets ready, with the last obstacle', async () => {
    await platform.stop();
    await start({
      directory: platform.directory,
      loadTimeout: '1s',
    });
    platform.target.outcome = { state: 'pulling', reason: 'registry is away' };
    const release = await deployed('1.0.0');
    expect(release).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/not ready within 1 s: registry is away/),
    });
  });

  it('finishes in the next process what the last one left', async () => {
    const target = new ScriptedServingTarget();
    await platform.stop();
    await start({ directory: platform.directory, target });
    target.outcome = { state: 'starting' };
    const release = await deploy('1.0.0');
    await eventually(
      async () =>
        (await platform.as().getRelease(release.id)).state === 'loading',
      'loading',
    );
    await platform.stop();
    target.finishLoading();
    await start({ directory: platform.directory, target });
    expect((await platform.finished(release)).state).toBe('succeeded');
    expect(await staging()).toMatchObject({ version: '1.0.0' });
  });

  it('brings a data plane back that lost its state', async () => {
    await deployed('1.0.0');
    await deployed('1.1.0');
    platform.target.loseState();
    await eventually(
      async () =>
        platform.target.held('staging', MODEL)?.routes?.split[0].version ===
        '1.1.0',
      'the routes to be set again',
    );
    expect(
      platform.target
        .held('staging', MODEL)
        ?.versions.map(({ version }) => version)
        .sort(),
    ).toEqual(['1.0.0', '1.1.0']);
  });
});
