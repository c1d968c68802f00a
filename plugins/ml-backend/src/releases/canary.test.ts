import { ConfigReader } from '@backstage/config';
import type { Release } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { readCanarySettings } from './canarySettings';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const KEY = { environment: 'production', model: MODEL } as const;

describe.each(databases.ids)('canary releases on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const deploy = (version: string, strategy?: 'canary' | 'immediate') =>
    platform
      .as('user:default/mia')
      .createRelease(MODEL, { environment: 'production', version, strategy });
  const progressing = (release: Release) =>
    eventually(async () => {
      const now = await platform.as().getRelease(release.id);
      return now.state === 'progressing' && now.rollout ? now : undefined;
    }, 'the canary to progress');
  const production = async () => {
    const { items } = await platform.as().listDeployments(KEY);
    return items[0];
  };
  const split = () =>
    platform.target
      .held('production', MODEL)
      ?.routes?.split.map(({ version }) => version);

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex });
    for (const version of ['1.0.0', '1.1.0']) {
      await platform.register(
        MODEL,
        version,
        examplePackage(MODEL, {
          'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        }),
      );
    }
    await platform.finished(await deploy('1.0.0'));
  });
  afterEach(() => platform.stop());

  it('hands the plan over once and records how it ended', async () => {
    const release = await progressing(await deploy('1.1.0', 'canary'));
    expect(release).toMatchObject({
      strategy: 'canary',
      fromVersion: '1.0.0',
      rollout: {
        id: release.id,
        state: 'running',
        canary: '1.1.0',
        stable: '1.0.0',
        weight: 5,
        steps: [{ weight: 5 }, { weight: 25 }, { weight: 100 }],
      },
    });
    expect(await production()).toMatchObject({
      version: '1.0.0',
      activeRelease: { id: release.id },
    });
    await expect(deploy('1.1.0')).rejects.toMatchObject(
      refusal(409, 'is under way'),
    );

    platform.target.endRollout(KEY, 'promoted', 'It is as good as 1.0.0');
    const over = await platform.finished(release);
    expect(over).toMatchObject({
      state: 'succeeded',
      rollout: { state: 'promoted', weight: 100 },
    });
    expect(over.transitions!.map(({ to }) => to)).toEqual([
      'gate',
      'pending',
      'loading',
      'routing',
      'progressing',
      'succeeded',
    ]);
    expect(over.transitions!.at(-1)!.cause).toBe('It is as good as 1.0.0');
    expect(await production()).toMatchObject({
      version: '1.1.0',
      rollbackVersion: '1.0.0',
    });
    expect(split()).toEqual(['1.1.0']);
  });

  it('tells the owner and who asked: its beginning, each verdict, and its end', async () => {
    const release = await progressing(await deploy('1.1.0', 'canary'));
    platform.target.decide(KEY, 'It passed the first step');
    await eventually(
      async () =>
        platform.sent.some(({ payload }) => payload.title.includes('verdict')),
      'the verdict to be told',
    );
    platform.target.endRollout(KEY, 'rolled_back', '9 of 15 requests failed');
    await platform.finished(release);
    const mine = () =>
      platform.sent.filter(({ payload }) =>
        payload.scope?.includes(release.id),
      );
    await eventually(async () => mine().length === 3, 'all to be told');
    expect(mine().map(({ payload }) => payload)).toMatchObject([
      {
        title: `${MODEL} 1.1.0 is being released to production`,
        description: '1.0.0 is live until then.',
        link: `/ml/releases/${release.id}`,
      },
      { description: 'It passed the first step', severity: 'normal' },
      {
        title: `${MODEL} 1.1.0 was rolled back in production`,
        description: '9 of 15 requests failed',
        severity: 'high',
      },
    ]);
    for (const { recipients } of mine()) {
      expect(recipients).toEqual({
        type: 'entity',
        entityRef: ['group:default/quality-team', 'user:default/mia'],
      });
    }
  });

  it('tells why a canary was rolled back, and keeps what was live', async () => {
    const release = await progressing(await deploy('1.1.0', 'canary'));
    platform.target.endRollout(KEY, 'rolled_back', '9 of 15 requests failed');
    const over = await platform.finished(release);
    expect(over).toMatchObject({
      state: 'rolled_back',
      error: '9 of 15 requests failed',
    });
    expect(await production()).toMatchObject({
      version: '1.0.0',
      lastFailure: { id: release.id, state: 'rolled_back' },
    });
    expect((await production()).activeRelease).toBeUndefined();
    await eventually(
      async () =>
        platform.target.held('production', MODEL)?.versions.length === 1,
      'the canary to be unloaded',
    );
    const { items } = await platform.as().audit.list({
      resource: `deployment:production/${MODEL}`,
    });
    expect(items[0]).toMatchObject({
      action: 'release.deploy',
      outcome: 'failed',
      details: { version: '1.1.0', error: '9 of 15 requests failed' },
    });
    // And the way is free for the next one.
    const next = await progressing(await deploy('1.1.0', 'canary'));
    platform.target.endRollout(KEY, 'promoted', 'fine');
    expect((await platform.finished(next)).state).toBe('succeeded');
  });

  it('is paused, resumed and aborted by people, who are recorded', async () => {
    const { id } = await progressing(await deploy('1.1.0', 'canary'));
    const ann = platform.as('user:default/ann');
    const paused = await ann.steerRelease(id, 'pause', { reason: 'lunch' });
    expect(paused.rollout).toMatchObject({
      state: 'paused',
      events: [{ cause: 'Paused by user:default/ann: lunch' }],
    });
    expect((await ann.steerRelease(id, 'resume')).rollout!.state).toBe(
      'running',
    );
    const release = await ann.steerRelease(id, 'abort');
    expect(await platform.finished(release)).toMatchObject({
      state: 'aborted',
      error: 'Aborted by user:default/ann',
    });
    expect(await production()).toMatchObject({ version: '1.0.0' });
    expect((await production()).lastFailure).toBeUndefined();
    await expect(ann.steerRelease(id, 'pause')).rejects.toMatchObject(
      refusal(409, 'is aborted; only one that is progressing'),
    );
    const { items } = await platform.as().audit.list({
      resource: `deployment:production/${MODEL}`,
    });
    expect(
      items.map(({ action, actor, outcome }) => [action, actor, outcome]),
    ).toEqual(
      expect.arrayContaining([
        ['release.pause', 'user:default/ann', 'intended'],
        ['release.pause', 'user:default/ann', 'succeeded'],
        ['release.abort', 'user:default/ann', 'succeeded'],
      ]),
    );
  });

  it('is aborted by a rollback: the version beside it is the way back', async () => {
    const release = await progressing(await deploy('1.1.0', 'canary'));
    const answer = await platform
      .as('user:default/ann')
      .rollback(MODEL, { environment: 'production', reason: 'complaints' });
    expect(answer.id).toBe(release.id);
    expect(await platform.finished(answer)).toMatchObject({
      state: 'aborted',
      error: 'Aborted by user:default/ann: complaints',
    });
    expect(split()).toEqual(['1.0.0']);
  });

  it('goes on in the next process, whatever happened meanwhile', async () => {
    const release = await progressing(await deploy('1.1.0', 'canary'));
    const { target, directory } = platform;
    await platform.stop();
    target.endRollout(KEY, 'rolled_back', 'It failed in the night');
    platform = await TestPlatform.start({ knex, target, directory });
    expect(await platform.finished(release)).toMatchObject({
      state: 'rolled_back',
      error: 'It failed in the night',
    });
  });

  it('hands the plan over again to a data plane that lost its state', async () => {
    const release = await progressing(await deploy('1.1.0', 'canary'));
    platform.target.loseState();
    await eventually(
      async () => (await platform.target.getRollout(KEY))?.state === 'running',
      'the plan to be handed over again',
    );
    platform.target.endRollout(KEY, 'promoted', 'fine');
    expect((await platform.finished(release)).state).toBe('succeeded');
    expect(split()).toEqual(['1.1.0']);
  });

  it('takes all requests at once where there is nothing to compare with', async () => {
    const again = await platform.finished(await deploy('1.0.0', 'canary'));
    expect(again).toMatchObject({ state: 'succeeded' });
    expect(again.rollout).toBeUndefined();
  });

  it('needs the right to deploy, and to roll back for an abort', async () => {
    await expect(
      platform
        .as()
        .steerRelease('00000000-0000-0000-0000-000000000000', 'pause'),
    ).rejects.toMatchObject(refusal(404, 'There is no release'));
    const response = await fetch(
      `${platform.url}/api/ml/v1/models/${MODEL}/releases`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          environment: 'production',
          version: '1.1.0',
          strategy: 'hope',
        }),
      },
    );
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toMatch(/strategy/);
  });
});

describe('settings of canaries', () => {
  const read = (canary: object) =>
    readCanarySettings(
      new ConfigReader({ ml: { releases: { canary } } } as any),
    );

  it('are 5, 25 and 100 % over half an hour unless told otherwise', () => {
    expect(readCanarySettings(new ConfigReader({}))).toMatchObject({
      steps: [
        { weight: 5, holdMs: 600_000 },
        { weight: 25, holdMs: 600_000 },
        { weight: 100, holdMs: 600_000 },
      ],
      judge: { alpha: 0.01, steps: 3, tolerance: 0.05 },
      tickMs: 10_000,
      insufficientEvidence: 'extend',
    });
    expect(
      read({
        steps: [{ weight: 100, hold: '2m' }],
        falseAlarmRate: 0.05,
        tick: { seconds: 5 },
      }),
    ).toMatchObject({
      steps: [{ weight: 100, holdMs: 120_000 }],
      judge: { alpha: 0.05, steps: 1 },
      tickMs: 5_000,
    });
  });

  it.each([
    [
      { steps: [{ weight: 50, hold: '1m' }] },
      /canary\.steps: the last step must have weight 100/,
    ],
    [{ falseAlarmRate: 2 }, /canary\.judge\.alpha/],
    [{ insufficientEvidence: 'hope' }, /canary\.insufficientEvidence/],
  ])('are refused where they cannot be carried out: %j', (canary, message) => {
    expect(() => read(canary)).toThrow(message);
  });
});
