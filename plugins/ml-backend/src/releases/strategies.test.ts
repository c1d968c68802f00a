import { ConfigReader } from '@backstage/config';
import type { Release, Strategy } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { readStrategySettings } from './strategySettings';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const KEY = { environment: 'production', model: MODEL } as const;

describe.each(databases.ids)('strategies of releases on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const deploy = (version: string, strategy?: Strategy) =>
    platform
      .as('user:default/mia')
      .createRelease(MODEL, { environment: 'production', version, strategy });
  const progressing = (release: Release) =>
    eventually(async () => {
      const now = await platform.as().getRelease(release.id);
      return now.state === 'progressing' && now.rollout ? now : undefined;
    }, 'the release to progress');
  const production = async () => {
    const { items } = await platform.as().listDeployments(KEY);
    return items[0];
  };

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

  it('hands over a blue-green release with the samples of its package', async () => {
    const release = await progressing(await deploy('1.1.0', 'blueGreen'));
    const plan = platform.target.plans.get(release.id)!;
    expect(plan).toMatchObject({
      strategy: 'blueGreen',
      stable: '1.0.0',
      canary: '1.1.0',
      steps: [{ weight: 100, holdMs: 900_000 }],
      insufficientEvidence: 'proceed_flagged',
    });
    expect(plan.mirror).toBeUndefined();
    expect(plan.check!.requests).toHaveLength(1);
    expect(JSON.parse(plan.check!.requests[0])).toMatchObject({
      inputs: [{ name: 'features' }],
    });
    platform.target.endRollout(KEY, 'promoted', 'It was watched long enough');
    expect((await platform.finished(release)).state).toBe('succeeded');
    expect(await production()).toMatchObject({
      version: '1.1.0',
      rollbackVersion: '1.0.0',
    });
  });

  it('lets a shadow end without a change of what is live', async () => {
    const release = await progressing(await deploy('1.1.0', 'shadow'));
    expect(platform.target.plans.get(release.id)).toMatchObject({
      strategy: 'shadow',
      mirror: { percent: 100, holdMs: 1_800_000, afterwards: 'end' },
    });
    platform.target.endRollout(KEY, 'reported', '412 of 412 were the same');
    const over = await platform.finished(release);
    expect(over).toMatchObject({ state: 'shadowed' });
    expect(over.error).toBeUndefined();
    expect(over.transitions!.at(-1)!.cause).toBe('412 of 412 were the same');
    const live = await production();
    expect(live).toMatchObject({ version: '1.0.0' });
    expect(live.lastFailure).toBeUndefined();
    // It never served, so nobody can roll back to it.
    await expect(
      platform.as('user:default/mia').rollback(MODEL, {
        environment: 'production',
        version: '1.1.0',
      }),
    ).rejects.toMatchObject(refusal(400, 'never served'));
  });

  it('refuses a shadow where nothing is live to copy from', async () => {
    const release = await platform.as('user:default/mia').createRelease(MODEL, {
      environment: 'staging',
      version: '1.1.0',
      strategy: 'shadow',
    });
    expect(await platform.finished(release)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/no other version .* could be copied/),
    });
  });

  it('adopts a rollback that the data plane was asked for directly, once', async () => {
    platform.target.promotesAtOnce = true;
    await platform.finished(await deploy('1.1.0'));
    const { target, directory } = platform;
    expect(target.held('production', MODEL)!.routes!.fallback).toBe('1.0.0');
    await platform.stop();
    const id = target.rollBackNow(KEY, 'Emergency rollback by ann: it fails');
    platform = await TestPlatform.start({ knex, target, directory });
    await eventually(
      async () => ((await production()).version === '1.0.0' ? true : undefined),
      'the rollback to be adopted',
    );
    const release = await platform.as().getRelease(id);
    expect(release).toMatchObject({
      kind: 'rollback',
      number: 3,
      state: 'succeeded',
      version: '1.0.0',
      fromVersion: '1.1.0',
      reason: 'Emergency rollback by ann: it fails',
      requestedBy: 'service:inference-server',
    });
    expect(target.held('production', MODEL)!.routes).toMatchObject({
      split: [{ version: '1.0.0' }],
    });
    const { items } = await platform.as().audit.list({
      resource: `deployment:production/${MODEL}`,
    });
    expect(
      items.filter(({ details }) => (details as any)?.emergency),
    ).toHaveLength(1);
    // And the next release finds its way.
    expect((await platform.finished(await deploy('1.1.0'))).state).toBe(
      'succeeded',
    );
  });
});

describe('settings of strategies', () => {
  const read = (releases: object) =>
    readStrategySettings(new ConfigReader({ ml: { releases } } as any));

  it('have defaults, and are read', () => {
    expect(readStrategySettings(new ConfigReader({}))).toMatchObject({
      blueGreen: { bakeMs: 900_000 },
      shadow: { percent: 100, minRequests: 100, afterwards: 'end' },
    });
    expect(
      read({
        blueGreen: { bake: '2m', insufficientEvidence: 'extend' },
        shadow: { percent: 5, hold: '1h', afterwards: 'canary' },
      }),
    ).toMatchObject({
      blueGreen: { bakeMs: 120_000, insufficientEvidence: 'extend' },
      shadow: { percent: 5, holdMs: 3_600_000, afterwards: 'canary' },
    });
  });

  it.each([
    [{ shadow: { percent: 0 } }, /ml\.releases\.shadow\.percent/],
    [{ shadow: { afterwards: 'hope' } }, /ml\.releases\.shadow\.afterwards/],
  ])(
    'are refused where they cannot be carried out: %j',
    (releases, message) => {
      expect(() => read(releases)).toThrow(message);
    },
  );
});
