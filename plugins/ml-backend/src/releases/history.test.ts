import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const OTHER = 'diabetes-risk';

describe.each(databases.ids)('the history of releases on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const register = (model: string, version: string) =>
    platform.register(
      model,
      version,
      examplePackage(model, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      }),
    );
  const deploy = async (model: string, version: string, user?: string) =>
    platform.finished(
      await platform
        .as(user)
        .createRelease(model, { environment: 'production', version }),
    );

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex });
    platform.target.promotesAtOnce = true;
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      await register(MODEL, version);
    }
    await register(OTHER, '1.0.0');
    await deploy(MODEL, '1.0.0', 'user:default/mei');
    await deploy(MODEL, '1.1.0', 'user:default/noah');
    platform.target.outcome = { state: 'failed', reason: 'damaged' };
    await deploy(MODEL, '1.2.0', 'user:default/mei');
    platform.target.outcome = { state: 'ready' };
    await platform.finished(
      await platform
        .as('user:default/noah')
        .rollback(MODEL, { environment: 'production' }),
    );
    await deploy(OTHER, '1.0.0');
  });
  afterEach(() => platform.stop());

  it('is asked by what a release was, how it ended and who wanted it', async () => {
    const numbers = async (
      filter: Parameters<ReturnType<typeof platform.as>['listReleases']>[1],
    ) =>
      (await platform.as().listReleases(MODEL, filter)).items.map(
        ({ number }) => number,
      );
    expect(await numbers({})).toEqual([4, 3, 2, 1]);
    expect(await numbers({ kind: 'rollback' })).toEqual([4]);
    expect(await numbers({ state: ['failed', 'rolled_back'] })).toEqual([3]);
    expect(await numbers({ requestedBy: 'user:default/mei' })).toEqual([3, 1]);
    expect(
      await numbers({ requestedBy: 'user:default/mei', state: ['succeeded'] }),
    ).toEqual([1]);
    const page = { kind: 'deploy', limit: 2 } as const;
    const first = await platform.as().listReleases(MODEL, page);
    const { items } = await platform
      .as()
      .listReleases(MODEL, { ...page, cursor: first.nextCursor });
    expect(items.map(({ number }) => number)).toEqual([1]);
    await expect(
      numbers({ state: ['lost' as 'failed'] }),
    ).rejects.toMatchObject(refusal(400, 'state'));
  });

  it('gives cycle time, failure rate and time to roll back by team', async () => {
    const report = await platform.as().getReleaseStats({ days: 7 });
    expect(report.environment).toBe('production');
    expect(report.teams).toMatchObject([
      {
        ...{ team: 'group:default/health-team', deployments: 1, succeeded: 1 },
        ...{ failed: 0, rollbacks: 0, failureRate: 0 },
      },
      {
        ...{ team: 'group:default/quality-team', deployments: 3, succeeded: 2 },
        ...{ failed: 1, rollbacks: 1 },
        // One failed, and one of two successes was rolled back.
        failureRate: 2 / 3,
        cycleTime: { count: 2, median: expect.any(Number) },
        rollbackTime: { count: 1, median: expect.any(Number) },
      },
    ]);
    expect(report.total).toMatchObject({ deployments: 4, failureRate: 0.5 });

    // The times are those of the records.
    const releases = (await platform.as().listReleases(MODEL)).items;
    const back = releases.find(({ kind }) => kind === 'rollback')!;
    expect(report.total.rollbackTime.median).toBe(
      Date.parse(back.finishedAt!) - Date.parse(back.createdAt),
    );
    const { createdAt } = await platform.as().getVersion(OTHER, '1.0.0');
    const [first] = (await platform.as().listReleases(OTHER)).items;
    expect(report.teams[0].cycleTime).toEqual({
      count: 1,
      median: Date.parse(first.finishedAt!) - Date.parse(createdAt),
      p90: Date.parse(first.finishedAt!) - Date.parse(createdAt),
    });
    for (const days of [0, 367]) {
      await expect(
        platform.as().getReleaseStats({ days }),
      ).rejects.toMatchObject(refusal(400, 'days'));
    }
  });

  it('counts only what the caller may see', async () => {
    const { directory, target } = platform;
    await platform.stop();
    const deny = async (requests: unknown[]) =>
      requests.map(() => ({ result: AuthorizeResult.DENY } as const));
    platform = await TestPlatform.start({
      ...{ knex, directory, target },
      permissions: { authorize: deny, authorizeConditional: deny },
    });
    expect(await platform.as().getReleaseStats()).toMatchObject({
      teams: [],
      total: { deployments: 0, cycleTime: { count: 0 } },
    });
  });
});
