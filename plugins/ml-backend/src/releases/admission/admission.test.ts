import { ConfigReader } from '@backstage/config';
import type { Release } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { examplePackage } from '../../__testUtils__/packages';
import { refusal } from '../../__testUtils__/refusal';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';
import { readPolicies } from '../../policy/readPolicies';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const KEY = { environment: 'production', model: MODEL } as const;
const TEAM = 'group:default/quality-team';

describe.each(databases.ids)('what a release must obey on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const start = async (
    options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
  ) => {
    platform = await TestPlatform.start({ knex, ...options });
  };
  const register = (version: string, model = MODEL) =>
    platform.register(
      model,
      version,
      examplePackage(MODEL, {
        'model.yaml': [
          [/^name: .*$/m, `name: ${model}`],
          [/^version: .*$/m, `version: ${version}`],
        ],
      }),
    );
  const deploy = (
    environment: 'staging' | 'production',
    version: string,
    model = MODEL,
  ) => platform.as().createRelease(model, { environment, version });
  const denials = async () => {
    const { items } = await platform.as().audit.list({ outcome: 'denied' });
    return items.map(({ action, details }) => [action, details?.rule]);
  };
  const finished = async (release: Promise<Release>) =>
    platform.finished(await release);

  beforeEach(async () => {
    knex = await databases.init(databaseId);
  });
  afterEach(() => platform.stop());

  describe('ways into production', () => {
    beforeEach(async () => {
      await start();
      for (const version of ['1.0.0', '1.1.0']) await register(version);
    });

    it('asks the first version sample requests before anybody is sent there', async () => {
      const outlook = () =>
        platform.as().getReleaseOutlook(MODEL, 'production');
      expect(await outlook()).toMatchObject({
        team: TEAM,
        strategy: 'immediate',
        first: true,
        quota: { used: 0, limit: 10 },
      });
      const first = await finished(deploy('production', '1.0.0'));
      expect(first).toMatchObject({
        state: 'succeeded',
        strategy: 'immediate',
      });
      expect(platform.target.checked).toEqual([
        { version: '1.0.0', requests: 1 },
      ]);
      expect(first.transitions!.at(-1)!.cause).toBe(
        '1.0.0 serves production: it answered 1 sample request well before',
      );
      expect(await outlook()).toMatchObject({
        strategy: 'canary',
        first: false,
        quota: { used: 1, limit: 10 },
      });
    });

    it('fails a first version that answers them badly, before it has a route', async () => {
      platform.target.check = {
        answered: 0,
        problem: 'did not pass the check: sample request 1 of 1 got 500',
      };
      expect(await finished(deploy('production', '1.0.0'))).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('sample request 1 of 1 got 500'),
      });
      expect(platform.target.held('production', MODEL)?.routes).toBeUndefined();
    });

    it('takes a canary for the next version, without being told', async () => {
      await finished(deploy('production', '1.0.0'));
      const release = await deploy('production', '1.1.0');
      expect(release).toMatchObject({
        strategy: 'canary',
        fromVersion: '1.0.0',
      });
      await eventually(
        async () => platform.target.plans.has(release.id),
        'the plan to be handed over',
      );
      platform.target.endRollout(KEY, 'promoted', 'fine');
      expect((await platform.finished(release)).state).toBe('succeeded');
    });

    it('refuses to pass over the canary without an approval, and records it', async () => {
      await finished(deploy('production', '1.0.0'));
      await expect(
        platform.as().createRelease(MODEL, {
          environment: 'production',
          version: '1.1.0',
          strategy: 'immediate',
        }),
      ).rejects.toMatchObject({
        ...refusal(409, /passes over the canary beside 1\.0\.0/),
        cause: { code: 'APPROVAL_REQUIRED' },
      });
      expect(await denials()).toEqual([
        ['release.deploy', 'APPROVAL_REQUIRED'],
      ]);
      expect((await platform.as().listReleases(MODEL)).items).toHaveLength(1);
      // The same version again changes nothing for callers.
      const again = platform.as().createRelease(MODEL, {
        environment: 'production',
        version: '1.0.0',
        strategy: 'immediate',
      });
      expect((await finished(again)).state).toBe('succeeded');
    });

    it('promotes what is live in staging: the very same digest', async () => {
      await expect(platform.as().promote(MODEL)).rejects.toMatchObject(
        refusal(409, 'is not live in staging'),
      );
      const staged = await finished(deploy('staging', '1.0.0'));
      await expect(
        platform.as().promote(MODEL, { version: '1.1.0' }),
      ).rejects.toMatchObject(
        refusal(409, '1.0.0 is live in staging, not 1.1.0'),
      );
      const promoted = await finished(
        platform.as('user:default/mia').promote(MODEL, { reason: 'tried' }),
      );
      expect(promoted).toMatchObject({
        environment: 'production',
        version: '1.0.0',
        state: 'succeeded',
        promotedFrom: staged.id,
        requestedBy: 'user:default/mia',
        reason: 'tried',
      });
      const digests = platform.target.asked.map(({ digest }) => digest);
      expect(new Set(digests).size).toBe(1);
      expect(digests).toHaveLength(2);
    });

    it('does not promote what is unwell in staging', async () => {
      await finished(deploy('staging', '1.0.0'));
      Object.assign(platform.target.held('staging', MODEL)!.versions[0], {
        state: 'failed',
        reason: 'out of memory',
      });
      await expect(platform.as().promote(MODEL)).rejects.toMatchObject(
        refusal(409, /is failed in staging.*out of memory/),
      );
    });
  });

  describe('exceptions', () => {
    const olga = () => platform.as('user:default/olga');
    const pedro = () => platform.as('user:default/pedro');
    const immediate = (client = olga()) =>
      client.createRelease(MODEL, {
        environment: 'production',
        version: '1.1.0',
        strategy: 'immediate',
      });

    it('skips the canary once, with the approval of a second person', async () => {
      await start();
      for (const version of ['1.0.0', '1.1.0']) await register(version);
      await finished(deploy('production', '1.0.0'));
      const asked = await olga().requestReleaseException(MODEL, {
        rule: 'skip-canary',
        version: '1.1.0',
        reason: 'The live one leaks',
      });
      expect(asked).toMatchObject({
        kind: 'release.skip-canary',
        state: 'pending',
        subject: { environment: 'production', version: '1.1.0' },
      });
      // Hers would wait for the decision; anybody else's is refused.
      await expect(immediate(pedro())).rejects.toMatchObject({
        ...refusal(409, /waits for a decision/),
        cause: { code: 'APPROVAL_REQUIRED' },
      });
      await expect(
        olga().approvals.decide(asked.id, 'approve'),
      ).rejects.toMatchObject(refusal(403, 'asked for this yourself'));
      await pedro().approvals.decide(asked.id, 'approve');
      // It was given to her.
      await expect(immediate(pedro())).rejects.toMatchObject(
        refusal(409, /was given to user:default\/olga/),
      );
      const release = await finished(immediate());
      expect(release).toMatchObject({
        strategy: 'immediate',
        state: 'succeeded',
        lifted: [{ rule: 'skip-canary', approval: asked.id }],
      });
      expect(release.rollout).toBeUndefined();
      expect(platform.target.checked.map(({ version }) => version)).toEqual([
        '1.0.0',
        '1.1.0',
      ]);
      expect(await olga().approvals.get(asked.id)).toMatchObject({
        state: 'used',
      });
      await finished(olga().rollback(MODEL, { environment: 'production' }));
      await expect(immediate()).rejects.toMatchObject(refusal(409, /is used/));
    });

    it('deploys above a quota and in a freeze, each with an approval of its own', async () => {
      const freeze = {
        reason: 'Holidays',
        from: new Date(Date.now() - 60_000).toISOString(),
        to: new Date(Date.now() + 3_600_000).toISOString(),
      };
      await start({
        quotas: { productionReleasesPerTeamPerDay: 0 },
        releases: { freezes: [freeze] },
      });
      await register('1.1.0');
      const allow = async (rule: 'freeze' | 'quota') => {
        const { id } = await olga().requestReleaseException(MODEL, {
          rule,
          version: '1.1.0',
          reason: 'A fix',
        });
        await pedro().approvals.decide(id, 'approve');
      };
      await expect(immediate()).rejects.toMatchObject({
        cause: { code: 'FROZEN' },
      });
      await allow('freeze');
      // What a refused release used is not used up.
      await expect(immediate()).rejects.toMatchObject({
        cause: { code: 'QUOTA_EXCEEDED' },
      });
      await allow('quota');
      expect(await finished(immediate())).toMatchObject({
        state: 'succeeded',
        lifted: [{ rule: 'freeze' }, { rule: 'quota' }],
      });
    });

    it('promotes a canary by force', async () => {
      await start();
      for (const version of ['1.0.0', '1.1.0']) await register(version);
      await finished(deploy('production', '1.0.0'));
      const { id } = await deploy('production', '1.1.0');
      await eventually(
        async () => platform.target.plans.has(id),
        'the plan to be handed over',
      );
      await eventually(
        async () => (await olga().getRelease(id)).state === 'progressing',
        'the canary to progress',
      );
      await expect(olga().steerRelease(id, 'promote')).rejects.toMatchObject({
        cause: { code: 'APPROVAL_REQUIRED' },
      });
      const asked = await olga().requestReleaseException(MODEL, {
        rule: 'force-promote',
        release: id,
        reason: 'Nobody calls it at night',
      });
      await pedro().approvals.decide(asked.id, 'approve');
      // The data plane is away: the approval is not lost.
      platform.target.down = true;
      await expect(olga().steerRelease(id, 'promote')).rejects.toMatchObject({
        response: { status: 503 },
      });
      platform.target.down = false;
      await olga().steerRelease(id, 'promote', { reason: 'now' });
      const over = await platform.finished(await olga().getRelease(id));
      expect(over).toMatchObject({
        state: 'succeeded',
        lifted: [{ rule: 'force-promote', approval: asked.id }],
      });
      expect(over.rollout!.events.at(-1)).toMatchObject({
        what: 'promoted',
        actor: 'user:default/olga',
        cause: 'Promoted whatever the evidence by user:default/olga: now',
      });
      await expect(
        olga().requestReleaseException(MODEL, {
          rule: 'force-promote',
          release: id,
          reason: 'again',
        }),
      ).rejects.toMatchObject(refusal(409, 'is succeeded already'));
    });
  });

  it('admits as many models of a team to staging as the quota says, at once or not', async () => {
    const quotas = { stagingDeploymentsPerTeam: 2 };
    await start({ quotas });
    const models = ['wine-a', 'wine-b', 'wine-c', 'wine-d'];
    for (const model of models) await register('1.0.0', model);
    await register('1.1.0', 'wine-a');
    const asked = await Promise.allSettled(
      models.map(model => deploy('staging', '1.0.0', model)),
    );
    const refused = asked.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({
      ...refusal(409, /has 2 models in staging already.*ml undeploy wine-/),
      cause: { code: 'QUOTA_EXCEEDED' },
    });
    const admitted = models.filter((_, i) => asked[i].status === 'fulfilled');
    for (const result of asked) {
      if (result.status === 'fulfilled') await platform.finished(result.value);
    }
    // Another version of a model that is there takes no further room.
    await finished(deploy('staging', '1.0.0', admitted[0]));

    await platform.as().undeploy(admitted[1], 'staging');
    expect(platform.target.held('staging', admitted[1])).toBeUndefined();
    const next = models.find(model => !admitted.includes(model))!;
    expect((await finished(deploy('staging', '1.0.0', next))).state).toBe(
      'succeeded',
    );
    await expect(
      platform.as().undeploy(admitted[1], 'staging'),
    ).rejects.toMatchObject(refusal(409, 'is not live in staging'));
    await expect(
      platform.as().undeploy(next, 'production'),
    ).rejects.toMatchObject(refusal(400, 'only staging can be cleared'));
  });

  it('clears staging on a data plane that was away', async () => {
    await start();
    await register('1.0.0');
    await finished(deploy('staging', '1.0.0'));
    platform.target.down = true;
    await platform.as().undeploy(MODEL, 'staging');
    platform.target.down = false;
    await eventually(
      async () => !platform.target.held('staging', MODEL),
      'the model to be removed',
    );
    // And nothing brings it back.
    expect((await finished(deploy('staging', '1.0.0'))).fromVersion).toBe(
      undefined,
    );
  });

  it('counts deployments to production within a day, and no rollback', async () => {
    await start({ quotas: { productionReleasesPerTeamPerDay: 2 } });
    platform.target.promotesAtOnce = true;
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await register(version);
    const asked = await Promise.allSettled([
      deploy('production', '1.0.0'),
      deploy('production', '1.1.0'),
    ]);
    // One at a time for a deployment; which of them is first is open.
    const first = asked.find(({ status }) => status === 'fulfilled');
    await platform.finished((first as PromiseFulfilledResult<Release>).value);
    const live = (first as PromiseFulfilledResult<Release>).value.version;
    const other = live === '1.0.0' ? '1.1.0' : '1.0.0';
    await finished(deploy('production', other));
    await expect(deploy('production', '1.2.0')).rejects.toMatchObject({
      ...refusal(
        409,
        /began 2 deployments to production within 24 hours, and 2 are allowed\. The next one may begin at 20/,
      ),
      cause: { code: 'QUOTA_EXCEEDED' },
    });
    const back = platform.as().rollback(MODEL, { environment: 'production' });
    expect((await finished(back)).version).toBe(live);
    expect(
      await platform.as().getReleaseOutlook(MODEL, 'production'),
    ).toMatchObject({ quota: { used: 2, limit: 2 } });
    // A day later there is room again.
    await knex('ml_releases').update({
      created_at: new Date(Date.now() - 25 * 3_600_000).toISOString(),
    });
    expect((await finished(deploy('production', '1.2.0'))).state).toBe(
      'succeeded',
    );
  });

  it('deploys nothing in a freeze, and rolls back all the same', async () => {
    await start();
    platform.target.promotesAtOnce = true;
    for (const version of ['1.0.0', '1.1.0']) await register(version);
    await finished(deploy('production', '1.0.0'));
    await finished(deploy('production', '1.1.0'));
    const { directory, target } = platform;
    await platform.stop();
    const freeze = {
      reason: 'Season’s peak',
      environments: ['production'],
      from: new Date(Date.now() - 60_000).toISOString(),
      to: new Date(Date.now() + 3_600_000).toISOString(),
    };
    await start({ directory, target, releases: { freezes: [freeze] } });
    await expect(deploy('production', '1.0.0')).rejects.toMatchObject({
      ...refusal(409, `until ${freeze.to}: Season’s peak`),
      cause: { code: 'FROZEN' },
    });
    expect(
      await platform.as().getReleaseOutlook(MODEL, 'production'),
    ).toMatchObject({ freeze: { reason: 'Season’s peak', until: freeze.to } });
    expect((await finished(deploy('staging', '1.0.0'))).state).toBe(
      'succeeded',
    );
    const back = platform.as().rollback(MODEL, { environment: 'production' });
    expect(await finished(back)).toMatchObject({
      version: '1.0.0',
      state: 'succeeded',
    });
  });
});

describe('rules for releases', () => {
  it.each([
    [
      { productionStrategy: 'immediate' },
      /^ml\.releases\.productionStrategy: /,
    ],
    [{ freezes: [{ reason: 'x' }] }, /^ml\.releases\.freezes\.0: .*'weekly'/],
  ])(
    'are refused where they cannot be carried out: %j',
    (releases, message) => {
      expect(() =>
        readPolicies(new ConfigReader({ ml: { releases } } as any)),
      ).toThrow(message);
    },
  );
});
