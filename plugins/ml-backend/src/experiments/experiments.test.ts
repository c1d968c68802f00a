import type { StartExperimentRequest } from '@ml-platform/plugin-ml-common';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const KEY = { environment: 'production', model: MODEL } as const;
const MIA = 'user:default/mia';

describe.each(databases.ids)('experiments on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let mayDeploy: boolean;

  const arms = (control: number, other: number) => [
    { name: 'control', version: '1.0.0', weight: control },
    { name: 'new', version: '1.1.0', weight: other },
  ];
  const start = (changes: Partial<StartExperimentRequest> = {}) =>
    platform.as(MIA).experiments.start(MODEL, {
      environment: 'production',
      name: 'price',
      arms: arms(80, 20),
      stickyHeader: 'x-user-id',
      ...changes,
    });
  const stop = () => platform.as(MIA).experiments.stop(MODEL, 'production');
  const listed = async () =>
    (await platform.as().experiments.list(MODEL)).items;
  const held = () => platform.target.held('production', MODEL);
  const events = async () => {
    const { items } = await platform.as().audit.list({
      resource: `deployment:production/${MODEL}`,
    });
    return items
      .filter(({ action }) => action.startsWith('experiment.'))
      .map(({ action, actor, outcome }) => `${action} ${outcome} ${actor}`)
      .reverse();
  };

  beforeEach(async () => {
    mayDeploy = true;
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({
      knex,
      permissions: {
        authorizeConditional: async requests =>
          requests.map(({ permission }) => ({
            result:
              mayDeploy || !permission.name.startsWith('ml.release')
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
          })),
      },
    });
    for (const version of ['1.0.0', '1.1.0']) {
      await platform.register(
        MODEL,
        version,
        examplePackage(MODEL, {
          'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        }),
      );
    }
    await platform.finished(
      await platform.as().createRelease(MODEL, {
        environment: 'production',
        version: '1.0.0',
      }),
    );
  });
  afterEach(() => platform.stop());

  it('load what they need, and are recorded from start to end', async () => {
    const begun = await start();
    expect(begun).toMatchObject({
      name: 'price',
      revision: 1,
      forcible: true,
      environment: 'production',
      state: 'running',
      startedBy: MIA,
    });
    expect(held()!.versions.map(({ version }) => version)).toContain('1.1.0');
    // Sent again it is the same one.
    expect((await start()).id).toBe(begun.id);
    await expect(start({ name: 'other' })).rejects.toMatchObject(
      refusal(409, "'price' of wine-classifier runs in production"),
    );
    await expect(
      platform.as().createRelease(MODEL, {
        environment: 'production',
        version: '1.1.0',
        strategy: 'canary',
      }),
    ).rejects.toMatchObject(refusal(409, 'only an immediate release'));

    const changed = await platform
      .as(MIA)
      .experiments.change(MODEL, 'production', { arms: arms(50, 50) });
    expect(changed).toMatchObject({ id: begun.id, revision: 2 });
    expect(await listed()).toMatchObject([
      { name: 'price', counts: { new: { requests: 4, errors: 1 } } },
    ]);

    expect(await stop()).toMatchObject({
      id: begun.id,
      counts: { control: { requests: 4 } },
    });
    expect(await listed()).toEqual([]);
    expect(held()!.versions.map(({ version }) => version)).toEqual(['1.0.0']);
    await expect(stop()).rejects.toMatchObject(
      refusal(404, 'No experiment of wine-classifier runs'),
    );
    expect(await events()).toEqual(
      ['start', 'change', 'stop'].flatMap(step => [
        `experiment.${step} intended ${MIA}`,
        `experiment.${step} succeeded ${MIA}`,
      ]),
    );
  });

  it('are refused where they could not be carried out', async () => {
    await expect(start({ arms: arms(0, 0) })).rejects.toMatchObject(
      refusal(400, 'at least one weight'),
    );
    await expect(start({ name: 'Not a name' })).rejects.toMatchObject(
      refusal(400, 'name'),
    );
    await expect(
      start({
        arms: [arms(1, 1)[0], { name: 'x', version: '1.9.0', weight: 1 }],
      }),
    ).rejects.toMatchObject(refusal(404, '1.9.0'));
    // What fails before it begins leaves no trace.
    platform.target.outcome = { state: 'failed', reason: 'no memory left' };
    await expect(start()).rejects.toMatchObject(refusal(409, 'no memory left'));
    expect(await listed()).toEqual([]);
    mayDeploy = false;
    await expect(start()).rejects.toMatchObject(
      refusal(403, 'ml.release.production'),
    );
    await expect(stop()).rejects.toMatchObject(
      refusal(403, 'ml.release.production'),
    );
  });

  it('keep their versions from deletion, and come back to an empty data plane', async () => {
    const { id } = await start();
    await expect(
      platform.as().versions.requestDeletion(MODEL, '1.1.0', { reason: 'old' }),
    ).rejects.toMatchObject(
      refusal(409, "experiment 'price' in production needs it"),
    );
    platform.target.loseState();
    await eventually(
      async () => held()?.experiment?.id === id,
      'the experiment to be restored',
    );
    expect(await events()).toContain(
      'experiment.reconcile intended service:ml-platform',
    );
  });

  it('end later when the data plane is away, and at once by an emergency rollback', async () => {
    await start();
    platform.target.down = true;
    await expect(stop()).rejects.toMatchObject({ response: { status: 503 } });
    expect(await listed()).toMatchObject([{ state: 'stopping' }]);
    platform.target.down = false;
    await eventually(
      async () => (await listed()).length === 0,
      'the experiment to end',
    );
    expect(held()!.experiment).toBeUndefined();

    platform.target.promotesAtOnce = true;
    await platform.finished(
      await platform.as().createRelease(MODEL, {
        environment: 'production',
        version: '1.1.0',
      }),
    );
    await start();
    platform.target.rollBackNow(KEY, 'It answers nonsense');
    await eventually(
      async () => (await listed()).length === 0,
      'the rollback to be adopted',
    );
    expect((await events()).pop()).toBe(
      'experiment.stop succeeded service:inference-server',
    );
  });
});
