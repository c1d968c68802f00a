import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const inWeeks = (weeks: number) =>
  new Date(Date.now() + weeks * 7 * 24 * 60 * 60 * 1000)
    .toISOString()
    .slice(0, 10);

describe.each(databases.ids)('life of a version on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  const mia = () => platform.as('user:default/mia');
  const paul = () => platform.as('user:default/paul');
  const register = async (
    version: string,
    options: { draft?: boolean } = {},
  ) => {
    const digest = await platform.push(
      MODEL,
      examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      }),
    );
    const registered = await platform
      .as()
      .registerVersion(MODEL, { version, digest, ...options });
    await platform.attachResult(registered);
    return registered;
  };
  const deploy = async (
    environment: 'staging' | 'production',
    version: string,
  ) =>
    platform.finished(
      await platform.as().createRelease(MODEL, { environment, version }),
    );

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex });
  });
  afterEach(() => platform.stop());

  it('lets a draft into staging, and into production once it is published', async () => {
    await register('1.0.0');
    await register('1.1.0', { draft: true });
    await expect(mia().getModel(MODEL)).resolves.toMatchObject({
      latestVersion: '1.0.0',
    });
    expect((await deploy('staging', '1.1.0')).state).toBe('succeeded');
    await expect(
      mia().createRelease(MODEL, {
        environment: 'production',
        version: '1.1.0',
      }),
    ).rejects.toMatchObject(refusal(409, 'is a draft'));

    await mia().versions.publish(MODEL, '1.1.0');
    await expect(mia().getModel(MODEL)).resolves.toMatchObject({
      latestVersion: '1.1.0',
    });
    expect((await deploy('production', '1.1.0')).state).toBe('succeeded');
    await expect(mia().versions.publish(MODEL, '1.1.0')).rejects.toMatchObject(
      refusal(409, 'only a draft can be published'),
    );
  });

  it('deprecates with at least eight weeks of notice', async () => {
    await register('1.0.0');
    await register('1.1.0');
    await expect(
      mia().versions.deprecate(MODEL, '1.0.0', {
        sunset: inWeeks(4),
        reason: 'Older data',
      }),
    ).rejects.toMatchObject(
      refusal(400, /sunset: .* less than 8 weeks; give \d/),
    );
    await expect(
      mia().versions.deprecate(MODEL, '1.0.0', {
        sunset: 'soon',
        reason: 'Older data',
      }),
    ).rejects.toMatchObject(refusal(400, 'sunset:'));
    const deprecated = await mia().versions.deprecate(MODEL, '1.0.0', {
      sunset: inWeeks(9),
      reason: 'Older data',
      replacement: '1.1.0',
    });
    expect(deprecated).toMatchObject({
      state: 'deprecated',
      deprecation: {
        by: 'user:default/mia',
        reason: 'Older data',
        replacement: '1.1.0',
      },
    });
    await deploy('staging', '1.0.0');
    const told = () =>
      platform.target.held('staging', MODEL)?.routes?.deprecations?.['1.0.0'];
    expect(told()).toEqual({
      at: deprecated.deprecation!.at,
      sunset: deprecated.deprecation!.sunset,
    });
    expect((await mia().versions.undeprecate(MODEL, '1.0.0')).state).toBe(
      'registered',
    );
    await eventually(async () => !told(), 'the data plane to be told');
  });

  it('moves aliases by their policy, and keeps every move', async () => {
    await register('1.0.0');
    await register('1.1.0');
    const { aliases } = mia();
    await aliases.set(MODEL, 'champion', { version: '1.0.0', reason: 'First' });
    await aliases.setPolicy(MODEL, 'champion', {
      movers: ['user:default/mia'],
      evidence: ['live-in-staging'],
    });
    await expect(
      aliases.set(MODEL, 'champion', { version: '1.1.0' }),
    ).rejects.toMatchObject({
      ...refusal(409, 'never did; release it there first'),
      cause: expect.objectContaining({ code: 'GATE_REFUSED' }),
    });
    await deploy('staging', '1.1.0');
    await expect(
      paul().aliases.set(MODEL, 'champion', { version: '1.1.0' }),
    ).rejects.toMatchObject(refusal(403, 'may be changed by user:default/mia'));
    await aliases.set(MODEL, 'champion', { version: '1.1.0' });

    await expect(mia().getVersion(MODEL, '1.1.0')).resolves.toMatchObject({
      aliases: ['champion'],
    });
    const { items } = await aliases.history(MODEL, 'champion');
    expect(items).toMatchObject([
      { from: '1.0.0', to: '1.1.0', by: 'user:default/mia' },
      { to: '1.0.0', reason: 'First' },
    ]);
    const { items: events } = await mia().audit.list({
      resource: `alias:${MODEL}@champion`,
    });
    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(
      [
        'alias.move succeeded',
        'alias.move denied',
        'alias.move denied',
        'alias.policy succeeded',
        'alias.move succeeded',
      ],
    );
    await aliases.remove(MODEL, 'champion');
    expect((await aliases.list(MODEL)).items).toEqual([]);
    await expect(
      aliases.set(MODEL, 'champion', { version: '9.9.9' }),
    ).rejects.toMatchObject(refusal(404, 'has no version 9.9.9'));
  });

  it('asks for evidence of every kind, and names all that is missing', async () => {
    await register('1.0.0');
    const { aliases } = mia();
    const { items: kinds } = await aliases.evidenceKinds();
    expect(kinds.map(({ example, name }) => example ?? name)).toEqual([
      'live-in-staging',
      'live-in-production',
      'staging-hours:24',
      'metric:accuracy>=0.9',
      'lineage',
      'signed',
    ]);
    for (const [evidence, message] of [
      ['luck', /evidence\.0: 'luck' is no evidence/],
      ['metric:good', /must be a condition/],
      ['staging-hours:-1', /must be a number of hours/],
      ['staging-hours', /needs something behind it/],
      ['lineage:all', /takes nothing behind/],
    ] as const) {
      await expect(
        aliases.setPolicy(MODEL, 'champion', {
          movers: [],
          evidence: [evidence],
        }),
      ).rejects.toMatchObject(refusal(400, message));
    }
    const evidence = [
      'staging-hours:24',
      'metric:accuracy>=0.5',
      'metric:accuracy>=1.5',
      'metric:luck>0',
      'lineage',
    ];
    const policy = { movers: [], evidence };
    await aliases.setPolicy(MODEL, 'champion', policy);
    await expect(aliases.getPolicy(MODEL, 'champion')).resolves.toEqual(policy);
    const { items } = await aliases.policyHistory(MODEL, 'champion');
    expect(items[0]).toMatchObject({ after: policy, by: expect.any(String) });
    await deploy('staging', '1.0.0');
    const check = async () =>
      (await aliases.check(MODEL, 'champion', '1.0.0')).items;
    expect(await check()).toEqual([
      {
        requirement: 'staging-hours:24',
        met: false,
        missing: expect.stringContaining('0 of 24 hours'),
      },
      { requirement: 'metric:accuracy>=0.5', met: true },
      {
        requirement: 'metric:accuracy>=1.5',
        met: false,
        missing: expect.stringMatching(/^its card tells accuracy 0\.\d+$/),
      },
      {
        requirement: 'metric:luck>0',
        met: false,
        missing: 'its card tells no luck over all data',
      },
      { requirement: 'lineage', met: true },
    ]);
    await expect(
      aliases.set(MODEL, 'champion', { version: '1.0.0' }),
    ).rejects.toMatchObject(
      refusal(409, /staging-hours:24 .*metric:accuracy>=1\.5 .*metric:luck>0/),
    );

    // As if it had been there since the day before yesterday, and back today.
    await knex('ml_releases').update({
      finished_at: new Date(Date.now() - 48 * 3_600_000).toISOString(),
    });
    await aliases.setPolicy(MODEL, 'champion', {
      movers: [],
      evidence: ['staging-hours:24', 'lineage'],
    });
    await aliases.set(MODEL, 'champion', { version: '1.0.0' });
    const { items: events } = await mia().audit.list({
      resource: `alias:${MODEL}@champion`,
    });
    expect(events[0]).toMatchObject({
      action: 'alias.move',
      outcome: 'succeeded',
      details: { evidence: ['staging-hours:24', 'lineage'] },
    });
    expect(events.find(({ outcome }) => outcome === 'denied')).toMatchObject({
      action: 'alias.move',
      details: { to: '1.0.0', missing: expect.any(Array) },
    });
  });

  it('deletes a version when a second person approves, and never before', async () => {
    await register('1.0.0');
    await register('1.1.0');
    await mia().aliases.set(MODEL, 'old', { version: '1.0.0' });
    const approval = await mia().versions.requestDeletion(MODEL, '1.0.0', {
      reason: 'Trained on the wrong data',
    });
    if ('deleted' in approval) throw new Error('deleted at once');
    expect(approval).toMatchObject({
      kind: 'version.delete',
      state: 'pending',
      requestedBy: 'user:default/mia',
      subject: { version: '1.0.0' },
      consequences: expect.arrayContaining([
        expect.stringContaining("alias 'old'"),
      ]),
    });
    await expect(
      paul().versions.requestDeletion(MODEL, '1.0.0', { reason: 'Me too' }),
    ).rejects.toMatchObject(refusal(409, 'asked for this'));
    await expect(
      mia().approvals.decide(approval.id, 'approve'),
    ).rejects.toMatchObject(refusal(403, 'somebody else has to decide'));
    await expect(
      paul().approvals.decide(approval.id, 'withdraw'),
    ).rejects.toMatchObject(refusal(403, 'Only user:default/mia'));
    await expect(mia().getVersion(MODEL, '1.0.0')).resolves.toMatchObject({
      state: 'registered',
    });

    const decided = await paul().approvals.decide(approval.id, 'approve', {
      comment: 'Agreed',
    });
    expect(decided).toMatchObject({
      state: 'used',
      decidedBy: 'user:default/paul',
      comment: 'Agreed',
    });
    await expect(mia().getVersion(MODEL, '1.0.0')).resolves.toMatchObject({
      state: 'deleted',
      aliases: [],
    });
    expect(
      (await mia().listVersions(MODEL)).items.map(({ version }) => version),
    ).toEqual(['1.1.0']);
    const manifest = await fetch(
      `${platform.url}/v2/models/${MODEL}/manifests/${approval.subject.digest}`,
      { headers: { authorization: 'Bearer mock-user-token' } },
    );
    expect(manifest.status).toBe(404);
    await expect(register('1.0.0')).rejects.toMatchObject(
      refusal(409, 'its name stays taken'),
    );
    await expect(
      mia().createRelease(MODEL, { environment: 'staging', version: '1.0.0' }),
    ).rejects.toMatchObject(refusal(409, 'was deleted'));
    await expect(
      paul().approvals.decide(approval.id, 'deny'),
    ).rejects.toMatchObject(refusal(409, 'is used'));
  });

  it('keeps what is live, kept for a rollback or pinned, also when the approval comes late', async () => {
    await register('1.0.0');
    await register('1.1.0');
    await deploy('staging', '1.0.0');
    await expect(
      mia().versions.requestDeletion(MODEL, '1.0.0', { reason: 'Tidy' }),
    ).rejects.toMatchObject(
      refusal(409, /cannot be deleted: staging serves it/),
    );

    const approval = await mia().versions.requestDeletion(MODEL, '1.1.0', {
      reason: 'Tidy',
    });
    await deploy('staging', '1.1.0');
    await expect(
      paul().approvals.decide((approval as { id: string }).id, 'approve'),
    ).rejects.toMatchObject(refusal(409, 'staging serves it'));
    await expect(
      mia().approvals.get((approval as { id: string }).id),
    ).resolves.toMatchObject({ state: 'pending' });
  });

  it('deletes a draft at once, and lets a request be withdrawn or denied', async () => {
    await register('1.0.0');
    await register('1.1.0', { draft: true });
    await expect(
      mia().versions.requestDeletion(MODEL, '1.1.0', { reason: 'No good' }),
    ).resolves.toEqual({ deleted: true });
    const ask = async () =>
      (await mia().versions.requestDeletion(MODEL, '1.0.0', {
        reason: 'Tidy',
      })) as { id: string };
    await mia().approvals.decide((await ask()).id, 'withdraw');
    await paul().approvals.decide((await ask()).id, 'deny');
    const pending = await ask();
    const open = await paul().approvals.list({ state: 'pending' });
    expect(open.items.map(({ id }) => id)).toEqual([pending.id]);
    const all = await paul().approvals.list({ limit: 2 });
    expect(all.items).toHaveLength(2);
    const rest = await paul().approvals.list({ cursor: all.nextCursor });
    expect([...all.items, ...rest.items].map(({ state }) => state)).toEqual([
      'pending',
      'denied',
      'withdrawn',
    ]);
  });

  it('finds versions by what is known of them', async () => {
    await register('1.0.0');
    await register('1.1.0');
    await register('2.0.0', { draft: true });
    await platform.register(
      'diabetes-risk',
      '1.0.0',
      examplePackage('diabetes-risk'),
    );
    await mia().aliases.set(MODEL, 'champion', { version: '1.0.0' });
    await deploy('staging', '1.1.0');
    const find = async (
      query: Parameters<ReturnType<typeof mia>['versions']['search']>[0],
    ) => {
      const { items } = await mia().versions.search(query);
      return items.map(({ model, version }) => `${model}@${version}`);
    };
    await expect(find({ q: 'cultivars wine' })).resolves.toEqual([
      `${MODEL}@2.0.0`,
      `${MODEL}@1.1.0`,
      `${MODEL}@1.0.0`,
    ]);
    await expect(find({ alias: 'champion' })).resolves.toEqual([
      `${MODEL}@1.0.0`,
    ]);
    await expect(find({ liveIn: 'staging' })).resolves.toEqual([
      `${MODEL}@1.1.0`,
    ]);
    await expect(find({ state: 'draft' })).resolves.toEqual([`${MODEL}@2.0.0`]);
    await expect(
      find({ owner: 'group:default/health-team', tags: ['tabular'] }),
    ).resolves.toEqual(['diabetes-risk@1.0.0']);
    await expect(
      find({ metrics: ['accuracy>=0.5'], state: 'registered' }),
    ).resolves.toEqual([`${MODEL}@1.1.0`, `${MODEL}@1.0.0`]);
    await expect(find({ metrics: ['accuracy>1'] })).resolves.toEqual([]);
    await expect(find({ metrics: ['better'] })).rejects.toMatchObject(
      refusal(400, "metric: 'better' is no condition"),
    );
    const first = await mia().versions.search({ limit: 2 });
    const second = await mia().versions.search({
      limit: 2,
      cursor: first.nextCursor,
    });
    expect(
      [...first.items, ...second.items].map(
        ({ model, version }) => `${model}@${version}`,
      ),
    ).toEqual([
      'diabetes-risk@1.0.0',
      `${MODEL}@2.0.0`,
      `${MODEL}@1.1.0`,
      `${MODEL}@1.0.0`,
    ]);
  });
});
