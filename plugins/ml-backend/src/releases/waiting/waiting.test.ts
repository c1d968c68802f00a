import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Release } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { examplePackage } from '../../__testUtils__/packages';
import { refusal } from '../../__testUtils__/refusal';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';

describe.each(databases.ids)('releases that wait on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const start = async (
    options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
  ) => {
    platform = await TestPlatform.start({ knex, ...options });
  };
  /** A restart on what the last process left. */
  const restart = async (
    options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
  ) => {
    const { directory, target } = platform;
    await platform.stop();
    await start({ directory, target, ...options });
  };
  const packageOf = (version: string, suite: Array<[RegExp, string]> = []) =>
    examplePackage(MODEL, {
      'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      'eval/suite.yaml': suite,
    });
  const mia = () => platform.as('user:default/mia');
  const deploy = (version: string, more: object = {}) =>
    mia().createRelease(MODEL, {
      ...{ environment: 'production', version, ...more },
    });
  const reaches = (release: Release, state: Release['state']) =>
    eventually(async () => {
      const now = await platform.as().getRelease(release.id);
      return now.state === state ? now : undefined;
    }, `the release to be ${state}`);
  const statesOf = ({ transitions }: Release) =>
    transitions!.map(({ to }) => to);

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    await start();
  });
  afterEach(() => platform.stop());

  describe('at the gate', () => {
    it('have the platform evaluate what was not, and go on by themselves', async () => {
      await platform.registerOnly(MODEL, '1.0.0', packageOf('1.0.0'));
      const release = await deploy('1.0.0');
      expect(release.state).toBe('gate');
      const waiting = await eventually(async () => {
        const now = await platform.as().getRelease(release.id);
        return now.evaluation ? now : undefined;
      }, 'the evaluation to be asked for');
      expect(waiting.state).toBe('gate');
      expect(platform.target.asked).toEqual([]);
      await expect(deploy('1.0.0')).rejects.toMatchObject(
        refusal(409, 'is under way'),
      );

      // Begun by one process, finished by the next: one evaluation, one release.
      await restart();
      const over = await platform.finished(release);
      expect(over.state).toBe('succeeded');
      expect(statesOf(over)).toEqual([
        'gate',
        'pending',
        'loading',
        'routing',
        'succeeded',
      ]);
      expect(over.transitions![0]).toMatchObject({
        actor: 'user:default/mia',
        cause: 'Deploy requested',
      });
      expect(over.transitions![1]).toMatchObject({
        actor: 'service:ml-platform',
        cause: expect.stringMatching(
          /^wine-classifier@1\.0\.0: it passed its evaluation at .*, signed by the platform$/,
        ),
      });
      const { items } = await platform.as().evaluations.list(MODEL);
      expect(items).toMatchObject([
        {
          ...{ id: over.evaluation, state: 'passed', origin: 'platform' },
          requestedBy: 'user:default/mia',
        },
      ]);
    });

    it('are refused when the suite is missed, with nothing touched or counted', async () => {
      await platform.registerOnly(
        MODEL,
        '1.0.0',
        packageOf('1.0.0', [[/min: 0\.8 /, 'min: 0.99 ']]),
      );
      const release = await platform.finished(await deploy('1.0.0'));
      expect(release).toMatchObject({
        state: 'refused',
        error: expect.stringMatching(
          /wine-classifier@1\.0\.0 did not pass the gate: .*accuracy is 0\.8472/,
        ),
      });
      expect(statesOf(release)).toEqual(['gate', 'refused']);
      expect(platform.target.asked).toEqual([]);
      expect(
        (await platform.as().getReleaseOutlook(MODEL, 'production')).quota.used,
      ).toBe(0);
      expect((await platform.as().getReleaseStats()).total.deployments).toBe(0);
      await eventually(
        async () =>
          platform.sent.some(({ payload }) =>
            payload.title.includes('was refused'),
          ),
        'the refusal to be told',
      );
      const { items } = await platform.as().audit.list({ outcome: 'denied' });
      expect(items).toContainEqual(
        expect.objectContaining({
          action: 'release.deploy',
          details: expect.objectContaining({
            ...{ release: release.id, requestedBy: 'user:default/mia' },
          }),
        }),
      );
      // The same again would end the same, so it does not begin.
      await expect(deploy('1.0.0')).rejects.toMatchObject({
        ...refusal(409, 'it did not pass its evaluation'),
        cause: expect.objectContaining({ code: 'GATE_REFUSED' }),
      });
    });

    it('are refused when the suite cannot be run', async () => {
      await platform.registerOnly(
        MODEL,
        '1.0.0',
        packageOf('1.0.0', [[/column: cultivar$/m, 'column: grape']]),
      );
      expect(await platform.finished(await deploy('1.0.0'))).toMatchObject({
        state: 'refused',
        error: expect.stringMatching(
          /could not be evaluated: .*has no column 'grape'/,
        ),
      });
    });

    it('can be aborted, and end when somebody rolls back', async () => {
      await platform.register(MODEL, '1.0.0', packageOf('1.0.0'));
      await platform.register(MODEL, '1.1.0', packageOf('1.1.0'));
      platform.target.promotesAtOnce = true;
      await platform.finished(await deploy('1.0.0'));
      await platform.finished(await deploy('1.1.0'));
      await platform.registerOnly(MODEL, '1.2.0', packageOf('1.2.0'));

      const first = await reaches(await deploy('1.2.0'), 'gate');
      await expect(mia().steerRelease(first.id, 'pause')).rejects.toMatchObject(
        refusal(409, 'one that waits can be aborted'),
      );
      expect(
        await mia().steerRelease(first.id, 'abort', { reason: 'Too soon' }),
      ).toMatchObject({
        state: 'aborted',
        error: 'Aborted by user:default/mia: Too soon',
      });

      const second = await deploy('1.2.0');
      const back = await mia().rollback(MODEL, { environment: 'production' });
      expect(await platform.finished(back)).toMatchObject({
        ...{ state: 'succeeded', version: '1.0.0', fromVersion: '1.1.0' },
      });
      expect((await platform.as().getRelease(second.id)).state).toBe('aborted');
      expect(platform.target.asked.map(({ version }) => version)).not.toContain(
        '1.2.0',
      );
    });

    it('do not begin where nobody is to evaluate', async () => {
      await platform.registerOnly(MODEL, '1.0.0', packageOf('1.0.0'));
      const asked = { ...refusal(409, 'it was not evaluated') };
      await expect(deploy('1.0.0', { evaluate: false })).rejects.toMatchObject(
        asked,
      );
      await restart({ evaluation: { signingKey: undefined } });
      await expect(deploy('1.0.0')).rejects.toMatchObject(
        refusal(409, 'no ml.evaluation.signingKey'),
      );
      expect((await platform.as().listReleases(MODEL)).items).toEqual([]);
    });

    it('are refused when the key is taken away that signs evaluations', async () => {
      await platform.registerOnly(MODEL, '1.0.0', packageOf('1.0.0'));
      const release = await deploy('1.0.0');
      await restart({ evaluation: { signingKey: undefined } });
      expect(await platform.finished(release)).toMatchObject({
        state: 'refused',
        // What is wrong, where, and what to do.
        error: expect.stringMatching(
          /^wine-classifier@1\.0\.0 .*ml\.evaluation\.signingKey.* set it .*restart.*'ml eval wine-classifier@1\.0\.0 --sign-key <trusted key> --attach'$/,
        ),
      });
      expect(platform.target.asked).toEqual([]);
    });
  });

  describe('for an approval', () => {
    const olga = () => platform.as('user:default/olga');
    const pedro = () => platform.as('user:default/pedro');
    const immediate = () =>
      olga().createRelease(MODEL, {
        ...{ environment: 'production', version: '1.1.0' },
        strategy: 'immediate',
      });
    const ask = () =>
      olga().requestReleaseException(MODEL, {
        ...{ rule: 'skip-canary', version: '1.1.0', reason: 'It leaks' },
      });

    beforeEach(async () => {
      for (const version of ['1.0.0', '1.1.0']) {
        await platform.register(MODEL, version, packageOf(version));
      }
      await platform.finished(await deploy('1.0.0'));
    });

    it('go on by themselves when it is given, also after a restart', async () => {
      const { id } = await ask();
      const release = await reaches(await immediate(), 'approval');
      expect(release).toMatchObject({
        awaiting: [{ rule: 'skip-canary', approval: id }],
      });
      // A data plane that lost its state does not wait for what waits.
      platform.target.loseState();
      await eventually(
        async () =>
          platform.target.held('production', MODEL)?.routes?.split[0]
            .version === '1.0.0',
        'the routes to be set again',
      );
      await restart();
      await pedro().approvals.decide(id, 'approve');
      const over = await platform.finished(release);
      expect(over).toMatchObject({
        ...{ state: 'succeeded', strategy: 'immediate' },
        lifted: [{ rule: 'skip-canary', approval: id }],
      });
      expect(over.awaiting).toBeUndefined();
      expect(statesOf(over)).toEqual([
        ...['gate', 'approval', 'pending', 'loading', 'routing', 'succeeded'],
      ]);
      expect(await olga().approvals.get(id)).toMatchObject({ state: 'used' });
    });

    it('are evaluated again when production went back meanwhile', async () => {
      const key = { environment: 'production', model: MODEL } as const;
      platform.target.promotesAtOnce = true;
      await platform.finished(await deploy('1.1.0'));
      await platform.registerOnly(
        MODEL,
        '1.2.0',
        packageOf('1.2.0', [
          [
            /^metrics:$/m,
            'comparisons: [{ name: as-good, metric: accuracy, notWorseBy: 0.2 }]\n\nmetrics:',
          ],
        ]),
      );
      const { id } = await olga().requestReleaseException(MODEL, {
        ...{ rule: 'skip-canary', version: '1.2.0', reason: 'It leaks' },
      });
      const release = await reaches(
        await olga().createRelease(MODEL, {
          ...{ environment: 'production', version: '1.2.0' },
          strategy: 'immediate',
        }),
        'approval',
      );
      platform.target.rollBackNow(key, 'Emergency rollback by ann');
      await eventually(async () => {
        const { items } = await platform.as().listDeployments({ model: MODEL });
        return items.some(
          ({ environment, version }) =>
            environment === 'production' && version === '1.0.0',
        );
      }, 'the rollback to be adopted');
      await pedro().approvals.decide(id, 'approve');
      const over = await platform.finished(release);
      expect(over).toMatchObject({ state: 'succeeded', fromVersion: '1.0.0' });
      expect(statesOf(over)).toEqual([
        ...['gate', 'approval', 'gate', 'approval', 'pending'],
        ...['loading', 'routing', 'succeeded'],
      ]);
      expect(over.transitions![2].cause).toBe(
        'wine-classifier@1.2.0: production changed from 1.1.0 to 1.0.0 while the release waited, and its evaluation compared it with 1.1.0',
      );
      const { items } = await platform
        .as()
        .evaluations.list(MODEL, { version: '1.2.0' });
      expect(items.map(({ baseline }) => baseline)).toEqual(['1.0.0', '1.1.0']);
      expect(items[0].id).toBe(over.evaluation);
    });

    it('are refused when what let them through the gate does not count any more', async () => {
      const { id } = await ask();
      const release = await reaches(await immediate(), 'approval');
      await restart({ evaluation: { signingKey: undefined } });
      await pedro().approvals.decide(id, 'approve');
      expect(await platform.finished(release)).toMatchObject({
        state: 'refused',
        error: expect.stringMatching(
          /^wine-classifier@1\.1\.0 did not pass the gate: a test result is attached that does not count\..* no ml\.evaluation\.signingKey .*--attach'$/,
        ),
      });
      // What it did not begin with is not used up.
      expect(await olga().approvals.get(id)).toMatchObject({
        state: 'approved',
      });
    });

    it('give way to the next one, for those who may end them', async () => {
      const { id: approval } = await ask();
      const waiting = await reaches(await immediate(), 'approval');
      await platform.register(MODEL, '1.2.0', packageOf('1.2.0'));
      platform.target.promotesAtOnce = true;

      // Who is in the way, for what it waits, and the ways on.
      const message = `Release 2 (deploy of 1.1.0) of ${MODEL} in production is under way: user:default/olga asked for it at ${waiting.createdAt}, and it waits for a second person to decide on approval ${approval} (skip-canary). Nothing has changed for callers. Deploy in its place with 'ml deploy ${MODEL}@1.2.0 --env production --supersede', end it with 'ml releases abort ${waiting.id}', or wait for it ('ml releases watch ${waiting.id}')`;
      await expect(deploy('1.2.0')).rejects.toMatchObject(
        refusal(409, message),
      );
      // Another one that waits is not meant.
      await expect(
        deploy('1.2.0', { supersedes: 'another' }),
      ).rejects.toMatchObject(refusal(409, 'it waits for'));

      // Neither of both when the new one is refused.
      await restart({ quotas: { productionReleasesPerTeamPerDay: 1 } });
      const supersedes = waiting.id;
      await expect(deploy('1.2.0', { supersedes })).rejects.toMatchObject(
        refusal(409, '1 are allowed'),
      );
      const stands = await platform.as().getRelease(waiting.id);
      expect(stands.state).toBe('approval');

      const decide = async (
        requests: Array<{ permission: { name: string } }>,
      ) =>
        requests.map(({ permission }) => ({
          result:
            permission.name === 'ml.release.rollback'
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
        }));
      await restart({
        permissions: { authorize: decide, authorizeConditional: decide } as {},
      });
      await expect(deploy('1.2.0', { supersedes })).rejects.toMatchObject(
        refusal(403, 'ml.release.rollback'),
      );

      // The one that waited takes no quota: two are begun, and two are allowed.
      await restart({ quotas: { productionReleasesPerTeamPerDay: 2 } });
      const next = await deploy('1.2.0', { supersedes });
      expect((await platform.finished(next)).state).toBe('succeeded');
      expect(await platform.as().getRelease(waiting.id)).toMatchObject({
        state: 'aborted',
        error: 'Aborted by user:default/mia: superseded by a release of 1.2.0',
      });
      const outlook = await platform
        .as()
        .getReleaseOutlook(MODEL, 'production');
      expect(outlook.quota.used).toBe(2);
      const { items } = await platform.as().audit.list({
        ...{ actor: 'user:default/mia', limit: 50 },
        resource: `deployment:production/${MODEL}`,
      });
      expect(items).toContainEqual(
        expect.objectContaining({
          ...{ action: 'release.abort', outcome: 'succeeded' },
          details: expect.objectContaining({ release: waiting.id }),
        }),
      );
      expect(items).toContainEqual(
        expect.objectContaining({
          ...{ action: 'release.deploy', outcome: 'intended' },
          details: expect.objectContaining({
            ...{ release: next.id, supersedes: waiting.id },
          }),
        }),
      );
      // Nobody decided on what was asked for.
      expect(await olga().approvals.get(approval)).toMatchObject({
        state: 'pending',
      });
    });

    it('are refused when it is denied', async () => {
      const { id } = await ask();
      const release = await reaches(await immediate(), 'approval');
      await pedro().approvals.decide(id, 'deny', { comment: 'Not today' });
      expect(await platform.finished(release)).toMatchObject({
        state: 'refused',
        error: `Skip the canary: approval ${id} is denied by user:default/pedro: Not today`,
      });
    });

    it('obey a freeze that began meanwhile', async () => {
      const { id } = await ask();
      const release = await reaches(await immediate(), 'approval');
      const freeze = {
        reason: 'Holidays',
        from: new Date(Date.now() - 60_000).toISOString(),
        to: new Date(Date.now() + 3_600_000).toISOString(),
      };
      await restart({ releases: { freezes: [freeze] } });
      await pedro().approvals.decide(id, 'approve');
      expect(await platform.finished(release)).toMatchObject({
        state: 'refused',
        error: expect.stringContaining('Holidays'),
      });
      // What it did not begin with is not used up.
      expect(await olga().approvals.get(id)).toMatchObject({
        state: 'approved',
      });
    });
  });
});
