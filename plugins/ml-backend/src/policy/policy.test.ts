import { mockCredentials } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import type { PolicyChanges } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage, pushPackage } from '../__testUtils__/packages';
import { userEntity } from '../__testUtils__/people';
import { refusal } from '../__testUtils__/refusal';
import { eventually, type TestPlatform } from '../__testUtils__/startPlatform';
import {
  ROLES_OF_TEAMS,
  startWithRoles,
} from '../__testUtils__/startWithRoles';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const REASON = 'The team has grown';

describe.each(databases.ids)('policies on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  const as = (name: string) => platform.as(`user:default/${name}`);
  const start = async (ml: JsonObject = {}, quotas?: JsonObject) => {
    platform = await startWithRoles({
      knex,
      ...{ ml, quotas },
      entities: [
        userEntity('olga', 'platform-team'),
        userEntity('sam', 'security-team'),
      ],
    });
  };
  const restart = async (ml: JsonObject = {}, quotas?: JsonObject) => {
    await platform.stop();
    await start(ml, quotas);
  };
  const propose = async (changes: PolicyChanges, name = 'olga') => {
    const { version } = await as(name).policy.get();
    return as(name).policy.propose(version, { changes, reason: REASON });
  };
  const approve = (id: string, name = 'pedro') =>
    as(name).approvals.decide(id, 'approve', { comment: 'Agreed' });
  const change = async (changes: PolicyChanges) => {
    const { approval } = await propose(changes);
    return approve(approval!.id);
  };
  const register = async (version: string) => {
    const digest = await pushPackage({
      url: platform.url,
      token: mockCredentials.user.token('user:default/mei'),
      model: MODEL,
      files: examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      }),
    });
    return as('mei').registerVersion(MODEL, { version, digest });
  };
  const deploy = (version: string, name = 'mei') =>
    as(name).createRelease(MODEL, { environment: 'staging', version });
  const quotas = (stagingDeploymentsPerTeam: number) => ({
    quotas: { stagingDeploymentsPerTeam, productionReleasesPerTeamPerDay: 10 },
  });

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    await start();
  });
  afterEach(() => platform.stop());

  it('begin with the configuration, and change when a second person approves', async () => {
    expect(await as('mei').policy.get()).toMatchObject({
      version: 0,
      values: {
        ...quotas(5),
        releases: { productionStrategy: 'canary' },
        freezes: [],
        roles: ROLES_OF_TEAMS,
      },
      sources: { quotas: 'configuration', roles: 'configuration' },
    });
    const proposal = await propose(quotas(0));
    expect(proposal).toMatchObject({
      version: 0,
      changes: [
        { path: 'quotas.stagingDeploymentsPerTeam', before: 5, after: 0 },
      ],
      approval: { kind: 'policy.change', state: 'pending', reason: REASON },
    });
    const { consequences, id } = proposal.approval!;
    expect(consequences[0]).toBe('Models of one team live in staging: 5 → 0');
    await register('1.0.0');
    await platform.finished(await deploy('1.0.0'), as('mei'));

    // Neither who asked, nor who only makes models, decides.
    await expect(approve(id, 'olga')).rejects.toMatchObject(
      refusal(403, 'You asked for this yourself'),
    );
    await expect(approve(id, 'mei')).rejects.toMatchObject(refusal(404, ''));
    expect((await as('mei').policy.get()).version).toBe(0);

    await expect(approve(id)).resolves.toMatchObject({ state: 'used' });
    await expect(approve(id)).rejects.toMatchObject(refusal(409, 'is used'));
    expect(await as('sam').policy.get()).toMatchObject({
      version: 1,
      values: quotas(0),
      sources: { quotas: 'approved', roles: 'configuration' },
    });
    await as('olga').undeploy(MODEL, 'staging');
    await expect(deploy('1.0.0')).rejects.toMatchObject(
      refusal(409, 'has 0 models in staging already'),
    );
    const [entry] = (await as('sam').audit.list({ resource: 'policy' })).items;
    expect(entry).toMatchObject({
      action: 'policy.change',
      actor: 'user:default/pedro',
      outcome: 'succeeded',
      details: {
        version: 1,
        approval: id,
        requestedBy: 'user:default/olga',
        changes: ['quotas.stagingDeploymentsPerTeam: 5 → 0'],
      },
    });
  });

  it('keep their history, with who is answerable, over restarts and new configurations', async () => {
    await change(quotas(7));
    await change({ freezes: [freeze('2027-01-01T00:00:00Z')] });
    await restart({}, { productionReleasesPerTeamPerDay: 3 });
    // The approved value holds, whatever is configured now.
    expect(await as('olga').policy.get()).toMatchObject({
      version: 2,
      values: quotas(7),
    });
    await restart({ aliases: { evidence: { champion: ['signed'] } } });
    const { items, nextCursor } = await as('sam').policy.history({ limit: 3 });
    expect(items).toMatchObject([
      {
        ...{ version: 3, source: 'configuration', keys: ['aliases'] },
        changes: [{ path: 'aliases.evidence.champion', after: ['signed'] }],
      },
      { version: 2, source: 'approved', keys: ['freezes'] },
      {
        ...{ version: 1, keys: ['quotas'], reason: REASON },
        requestedBy: 'user:default/olga',
        approvedBy: 'user:default/pedro',
      },
    ]);
    const oldest = await as('sam').policy.history({ cursor: nextCursor });
    expect(oldest.items.map(({ version }) => version)).toEqual([0]);
    expect(oldest.nextCursor).toBeUndefined();
    expect(await as('mei').policy.diff(2)).toMatchObject({
      ...{ from: 1, to: 2 },
      changes: [{ path: 'freezes' }],
    });
    expect(await as('mei').policy.diff(0, { from: 3 })).toMatchObject({
      changes: [
        { path: 'quotas.stagingDeploymentsPerTeam', before: 7, after: 5 },
        { path: 'freezes' },
        { path: 'aliases.evidence.champion', before: ['signed'] },
      ],
    });
    expect((await as('mei').policy.getVersion(1)).values.freezes).toEqual([]);
    await expect(as('mei').policy.diff(9)).rejects.toMatchObject(
      refusal(404, 'there are 0 to 3'),
    );

    // And back to what is configured.
    await change({ quotas: null });
    expect(await as('olga').policy.get()).toMatchObject({
      version: 4,
      values: quotas(5),
      sources: { quotas: 'configuration', freezes: 'approved' },
    });
    await restart({}, { stagingDeploymentsPerTeam: 2 });
    expect((await as('olga').policy.get()).values).toMatchObject(quotas(2));
  });

  it('are refused where they are wrong, with the place and what is allowed', async () => {
    const wrong = async (changes: object) =>
      (await propose(changes as PolicyChanges).catch(
        error => error.body.error.message,
      )) as string;
    expect(await wrong(quotas(-1))).toMatch(
      /^quotas\.stagingDeploymentsPerTeam: .*>=0/,
    );
    expect(await wrong({ quotas: { staging: 3 } })).toMatch(
      /^quotas\.stagingDeploymentsPerTeam: .*; quotas\.productionReleasesPerTeamPerDay: .*; quotas: Unrecognized key: "staging"; it has stagingDeploymentsPerTeam, productionReleasesPerTeamPerDay$/,
    );
    expect(await wrong({ speed: 3 })).toMatch(
      /^speed: there is no such policy; there are quotas, releases, canary/,
    );
    expect(await wrong({})).toContain('names nothing to change');
    expect(await wrong(quotas(5))).toContain('would stay as it is');
    expect(await wrong({ releases: { productionStrategy: 'yolo' } })).toMatch(
      /^releases\.productionStrategy: .*canary.*blueGreen.*shadow/,
    );
    expect(await wrong({ freezes: [{ reason: 'x' }] })).toMatch(
      /^freezes\.0: needs either 'from' and 'to', or 'weekly'/,
    );
    expect(
      await wrong({
        freezes: [{ ...freeze('2027-01-01T00:00:00Z'), teams: ['quality'] }],
      }),
    ).toMatch(/^freezes\.0\.teams\.0: must be a user or group in full form/);
    const { canary } = (await as('olga').policy.get()).values;
    const steps = [1, 5, 25, 100].map(weight => ({ weight, holdMs: 1_000 }));
    expect(await wrong({ canary: { ...canary, steps } })).toMatch(
      /^canary\.judge\.steps: must be the number of steps/,
    );
    expect(
      await wrong({ signatures: { requiredForProduction: true } }),
    ).toMatch(/^signatures\.requiredForProduction: .*ml\.signatures\.trusted/);
    expect(
      await wrong({ aliases: { evidence: { champion: ['beauty'] } } }),
    ).toMatch(/^aliases\.evidence\.champion: evidence\.0: 'beauty' is no/);
    const { items } = await as('olga').approvals.list();
    expect(items).toEqual([]);
  });

  it('are asked for by platform admins, for the version that they looked at', async () => {
    for (const name of ['mei', 'sam', 'vera', 'nobody']) {
      await expect(
        as(name).policy.propose(0, { changes: quotas(9), reason: REASON }),
      ).rejects.toMatchObject(refusal(403, 'ml.policy.propose'));
    }
    for (const name of ['vera', 'nobody']) {
      await expect(as(name).policy.get()).rejects.toMatchObject(
        refusal(403, 'ml.policy.read'),
      );
    }
    const [first, second] = [
      await propose(quotas(6)),
      await propose({
        ...quotas(8),
        releases: { productionStrategy: 'blueGreen' },
      }),
    ];
    await expect(propose(quotas(9), 'pedro')).rejects.toMatchObject(
      refusal(409, 'asked for this on'),
    );
    await approve(first.approval!.id);
    await expect(
      as('olga').policy.propose(0, { changes: quotas(9), reason: REASON }),
    ).rejects.toMatchObject(refusal(409, 'ml policy diff 0 1'));
    // What was approved is no more what would be replaced.
    await expect(approve(second.approval!.id)).rejects.toMatchObject(
      refusal(409, /^quotas: changed since .* version 0 to version 1/),
    );
    // Another policy than the one that changed meanwhile is not concerned.
    const third = await propose({
      releases: { productionStrategy: 'blueGreen' },
    });
    await change(quotas(8));
    await approve(third.approval!.id);
    expect((await as('olga').policy.get()).values).toMatchObject({
      ...quotas(8),
      releases: { productionStrategy: 'blueGreen' },
    });
  });

  it('say who has which role, and leave somebody who can change it', async () => {
    const roles = (changed: Partial<typeof ROLES_OF_TEAMS>) => ({
      roles: { ...ROLES_OF_TEAMS, ...changed },
    });
    const engineers = [
      ...ROLES_OF_TEAMS['ml-engineer'],
      'group:default/apps-team',
    ];
    const create = () =>
      as('vera').createModel({
        name: 'pricing',
        description: 'What a bottle costs',
        owner: 'group:default/apps-team',
      });
    await expect(create()).rejects.toMatchObject(
      refusal(403, 'ml.model.create'),
    );
    const { approval } = await propose(roles({ 'ml-engineer': engineers }));
    expect(approval).toMatchObject({
      kind: 'policy.roles',
      consequences: expect.arrayContaining(['ML engineers: + group apps-team']),
    });
    await expect(
      as('olga').approvals.breakGlass(approval!.id, { reason: 'I am alone' }),
    ).rejects.toMatchObject(refusal(403, 'never done without a second person'));
    await approve(approval!.id);
    await eventually(() => create().catch(() => undefined), 'the new role');

    await expect(
      propose(roles({ 'platform-admin': [] })),
    ).rejects.toMatchObject(refusal(400, /^roles\.platform-admin: must name/));
    await expect(
      propose(roles({ 'platform-admin': ['group:default/ghosts'] })),
    ).rejects.toMatchObject(refusal(400, 'nobody would be left in this role'));
    // Somebody else of the catalog is enough; who approves loses the role.
    await change(roles({ 'platform-admin': ['user:default/sam'] }));
    await eventually(
      () =>
        propose(quotas(9)).then(
          () => false,
          error => error.response.status === 403,
        ),
      'the role to be gone',
    );
  });

  it('freeze deployments, set how the next version takes over, and how large it may be', async () => {
    platform.target.promotesAtOnce = true;
    for (const version of ['1.0.0', '1.1.0']) await register(version);
    await change({ freezes: [freeze('2020-01-01T00:00:00Z')] });
    await expect(deploy('1.0.0')).rejects.toMatchObject(
      refusal(409, 'The books are closed'),
    );
    const { canary } = (await as('olga').policy.get()).values;
    await change({
      freezes: [],
      evaluation: { requiredFor: [] },
      canary: {
        ...canary,
        steps: [
          { weight: 33, holdMs: 1_000 },
          { weight: 100, holdMs: 1_000 },
        ],
      },
    });
    const release = async (version: string) =>
      platform.finished(
        await as('mei').createRelease(MODEL, {
          environment: 'production',
          version,
        }),
        as('mei'),
      );
    await release('1.0.0');
    const { id } = await release('1.1.0');
    expect(platform.target.plans.get(id)?.steps[0].weight).toBe(33);

    await change({ artifacts: { maxArtifactBytes: 100 } });
    expect((await as('mei').limits.get(MODEL)).maxBytes).toBe(100);
    await expect(register('1.2.0')).rejects.toThrow();
    await change({ aliases: { evidence: { champion: ['signed'] } } });
    await expect(
      as('mei').aliases.set(MODEL, 'champion', { version: '1.0.0' }),
    ).rejects.toMatchObject(refusal(409, 'signed (it is not signed'));
  });

  it('stay in the configuration where it says so', async () => {
    await change(quotas(7));
    await restart({ policy: { configuredOnly: ['quotas'] } });
    expect(await as('olga').policy.get()).toMatchObject({
      values: quotas(5),
      sources: { quotas: 'configuration' },
      configuredOnly: ['quotas'],
    });
    await expect(propose(quotas(9))).rejects.toMatchObject(
      refusal(400, /^quotas: only the configuration decides on it/),
    );
  });

  it('can be changed alone in an emergency, which is reviewed', async () => {
    await change({ freezes: [freeze('2020-01-01T00:00:00Z')] });
    await register('1.0.0');
    const { approval } = await propose({ freezes: [] });
    await as('olga').approvals.breakGlass(approval!.id, {
      reason: 'Every prediction is wrong',
    });
    await platform.finished(await deploy('1.0.0'), as('mei'));
    const { items } = await as('pedro').approvals.list({ review: 'open' });
    expect(items.map(({ id }) => id)).toEqual([approval!.id]);
  });
});

function freeze(from: string) {
  return { reason: 'The books are closed', from, to: '2099-01-01T00:00:00Z' };
}
