import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { eventually } from '../__testUtils__/startPlatform';
import {
  FILE,
  MODEL,
  OTHER,
  OTHER_FILE,
  to,
  useGitops,
} from './__testUtils__/useGitops';

jest.setTimeout(60_000);

const databases = testDatabases();

describe('what is followed in Git', () => {
  const gitops = useGitops(() => databases.init('SQLITE_3'));

  it('never releases more than the author of a commit may', async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    const repository = await gitops.clone('vera');
    await repository.change(FILE, to('1.1.0'));
    expect(await gitops.reaches('drifted')).toMatchObject({
      message: expect.stringContaining(
        'user:default/vera lacks the permission ml.release.staging',
      ),
      desired: { version: '1.1.0' },
      running: { version: '1.0.0' },
    });
    const stranger = await gitops.clone('nobody');
    await stranger.change(FILE, before => `${before}# again\n`);
    await eventually(
      async () =>
        (await gitops.item())?.message?.includes('<nobody@example.com>'),
      'the stranger to be refused',
    );
    expect((await gitops.platform.as().listReleases(MODEL)).items).toHaveLength(
      1,
    );
    const { items } = await gitops.platform
      .as()
      .audit.list({ action: 'gitops.apply', limit: 10 });
    expect(items.map(({ actor, outcome }) => [actor, outcome])).toEqual([
      ['service:ml-platform', 'denied'],
      ['user:default/vera', 'denied'],
    ]);
    // Somebody who may takes it up.
    const release = await gitops.platform
      .as('user:default/mei')
      .gitops.apply({ model: MODEL, environment: 'staging' });
    expect(release.requestedBy).toBe('user:default/mei');
    await gitops.platform.finished(release);
    await gitops.settled();
    expect(await gitops.item()).toMatchObject({ state: 'inSync' });
  });

  it('asks for the role as well, where roles are configured', async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    await gitops.platform.stop();
    await gitops.start({
      roles: {
        'ml-engineer': ['group:default/health-team'],
        'platform-admin': ['user:default/vera'],
      },
    });
    const repository = await gitops.clone('mei');
    await repository.change(FILE, to('1.1.0'));
    expect(await gitops.reaches('drifted')).toMatchObject({
      message: expect.stringContaining('none of the roles ml-engineer'),
    });
    const admin = await gitops.clone('vera');
    await admin.change(FILE, before => `${before}# by an admin\n`);
    await gitops.reaches('inSync');
  });

  it('waits in the gate with a version that was not evaluated, and follows when it passed', async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    const { directory } = gitops.platform;
    await gitops.platform.stop();
    await gitops.start({ directory, evaluation: { requiredFor: ['staging'] } });
    await gitops.platform.registerOnly(
      MODEL,
      '1.4.0',
      examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, 'version: 1.4.0']],
      }),
    );
    const repository = await gitops.clone('mei');
    await repository.change(FILE, to('1.4.0'));
    const waiting = await eventually(async () => {
      const item = await gitops.item();
      return item?.message?.includes('is at the gate') ? item : undefined;
    }, 'the file to wait in the gate');
    expect(waiting).toMatchObject({
      state: 'waiting',
      release: expect.any(String),
      running: { version: '1.0.0' },
    });
    await gitops.reaches('inSync');
    await eventually(
      async () => (await gitops.live()) === '1.4.0',
      '1.4.0 to be live',
    );
  });

  it('refuses a wrong file with its line, and follows the others', async () => {
    await gitops.register(OTHER, '1.0.0');
    await gitops.register(OTHER, '1.1.0');
    await gitops.deploy('1.0.0');
    await gitops.deploy('1.0.0', undefined, OTHER);
    await gitops.settled();
    const repository = await gitops.clone('hana');
    await repository.commit(FILE, before =>
      before.replace('version: 1.0.0', 'version: latest\nreplicas: 3'),
    );
    await repository.commit('environments/moon/x/y.yaml', () => 'a: [');
    await repository.commit(
      'environments/staging/quality-team/a*.yaml',
      () => 'a: [',
    );
    await repository.change(OTHER_FILE, to('1.1.0'));
    expect(await gitops.reaches('refused')).toMatchObject({
      running: { version: '1.0.0' },
      issues: expect.arrayContaining([
        {
          field: 'version',
          line: 5,
          message: expect.stringContaining('semantic version'),
        },
        {
          field: 'replicas',
          line: 6,
          message: expect.stringContaining('not a known field'),
        },
      ]),
    });
    expect(await gitops.item('environments/moon/x/y.yaml')).toMatchObject({
      state: 'refused',
      issues: [{ line: 1, message: expect.stringContaining("'moon'") }],
    });
    await gitops.reaches('inSync', OTHER_FILE);
    expect(await gitops.live(OTHER)).toBe('1.1.0');
    expect(await gitops.live()).toBe('1.0.0');
    const { items } = await gitops.platform
      .as()
      .audit.list({ action: 'gitops.refuse', limit: 10 });
    expect(items).toHaveLength(3);

    await repository.change(FILE, before =>
      before.replace('version: latest\nreplicas: 3', 'version: 9.9.9'),
    );
    await eventually(
      async () =>
        (await gitops.item())?.issues[0]?.message.includes('no version 9.9.9'),
      'the unknown version to be refused',
    );
    // The digest that stands there is not that of the other version.
    await repository.change(FILE, before =>
      before.replace('version: 9.9.9', 'version: 1.1.0'),
    );
    await eventually(
      async () => (await gitops.item())?.issues[0]?.field === 'digest',
      'the digest to be refused',
    );
    // The next release puts it right.
    await gitops.deploy('1.1.0');
    await gitops.settled();
    expect(await gitops.item()).toMatchObject({ state: 'inSync' });
  });

  it('tells a failed release as drift, does not try it for ever, and applies it when asked', async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    gitops.platform.target.outcome = {
      state: 'failed',
      reason: 'out of memory',
    };
    const repository = await gitops.clone('mei');
    await repository.change(FILE, to('1.1.0'));
    expect(await gitops.reaches('drifted')).toMatchObject({
      message: expect.stringContaining('out of memory'),
      release: expect.any(String),
    });
    await gitops.platform.as().gitops.sync();
    expect((await gitops.platform.as().listReleases(MODEL)).items).toHaveLength(
      2,
    );
    gitops.platform.target.outcome = { state: 'ready' };
    await gitops.platform.finished(
      await gitops.platform
        .as()
        .gitops.apply({ model: MODEL, environment: 'staging' }),
    );
    await gitops.settled();
    expect(await gitops.item()).toMatchObject({ state: 'inSync' });
    expect(await gitops.subjects()).toContain(
      'Note that wine-classifier 1.1.0 failed in staging',
    );
  });

  it('has a later change end what an earlier one only waits for', async () => {
    const mei = () => gitops.platform.as('user:default/mei');
    const { directory, target } = gitops.platform;
    await gitops.deploy('1.0.0');
    await gitops.settled();
    await gitops.register(MODEL, '1.2.0');
    await gitops.platform.stop();
    await gitops.start({
      ...{ directory, target },
      releases: {
        freezes: [
          {
            reason: 'Holidays',
            from: new Date(Date.now() - 60_000).toISOString(),
            to: new Date(Date.now() + 3_600_000).toISOString(),
          },
        ],
      },
    });
    const except = (version: string) =>
      mei().requestReleaseException(MODEL, {
        ...{ rule: 'freeze', environment: 'staging', version, reason: 'Now' },
      });
    await except('1.1.0');
    const waiting = (version: string) =>
      eventually(async () => {
        const { items } = await mei().listReleases(MODEL);
        return items.find(
          each => each.state === 'approval' && each.version === version,
        );
      }, `${version} to wait for its approval`);

    const repository = await gitops.clone('mei');
    await repository.change(FILE, to('1.1.0'));
    const first = await waiting('1.1.0');
    // What is refused by a rule ends nothing, and is tried again.
    await repository.change(FILE, to('1.2.0'));
    expect(await gitops.reaches('waiting')).toBeDefined();
    await eventually(
      async () => (await gitops.item())?.message?.includes('Holidays'),
      'the change to be refused',
    );
    expect((await mei().getRelease(first.id)).state).toBe('approval');
    const { id } = await except('1.2.0');
    await repository.change(FILE, before => `${before}# again\n`);
    const second = await waiting('1.2.0');
    expect(await mei().getRelease(first.id)).toMatchObject({
      state: 'aborted',
      error: 'Aborted by user:default/mei: superseded by a release of 1.2.0',
    });
    await gitops.platform
      .as('user:default/pedro')
      .approvals.decide(id, 'approve');
    expect((await gitops.platform.finished(second)).state).toBe('succeeded');
  });

  it('releases a change that was merged during another release after it', async () => {
    await gitops.deploy('1.0.0');
    await gitops.deploy('1.1.0');
    await gitops.settled();
    await gitops.register(MODEL, '1.2.0');
    await gitops.register(MODEL, '1.3.0');
    const repository = await gitops.clone('mei');

    gitops.platform.target.outcome = { state: 'starting' };
    const slow = await gitops.platform
      .as()
      .createRelease(MODEL, { environment: 'staging', version: '1.2.0' });
    await repository.change(FILE, to('1.0.0'), 'Back by hand');
    expect(await gitops.reaches('waiting')).toMatchObject({
      message: expect.stringContaining('is under way'),
    });
    gitops.platform.target.finishLoading();
    expect((await gitops.platform.finished(slow)).state).toBe('succeeded');
    // The change of the file came later, so it is released next.
    await eventually(
      async () => (await gitops.live()) === '1.0.0',
      '1.0.0 to be live',
    );
    await gitops.settled();
    expect((await gitops.subjects()).slice(0, 3)).toEqual([
      'Deploy wine-classifier 1.0.0 to staging',
      'Deploy wine-classifier 1.2.0 to staging',
      'Back by hand',
    ]);
  });

  it('sets a file back whose version the judge, or the data plane, took back', async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    const repository = await gitops.clone();
    await repository.change(FILE, before =>
      to('1.1.0')(before).replace('immediate', 'canary'),
    );
    const { target } = gitops.platform;
    const key = { model: MODEL, environment: 'staging' } as const;
    await eventually(
      async () => target.held('staging', MODEL)?.rollout,
      'the canary to begin',
    );
    target.endRollout(key, 'rolled_back', 'It fails more often');
    await eventually(
      async () => (await gitops.subjects())[0].startsWith('Keep '),
      'the verdict to be committed',
    );
    await repository.run('pull', '--quiet', '--rebase');
    expect(repository.read(FILE)).toMatch(/^version: 1\.0\.0$/m);
    expect(await repository.run('log', '-1', '--format=%B')).toMatch(
      /1\.1\.0 was rolled back\n\nIt fails more often\n[^]*Ml-Outcome: rolled_back/,
    );
    expect((await gitops.platform.as().listReleases(MODEL)).items).toHaveLength(
      2,
    );

    await gitops.deploy('1.1.0');
    await gitops.settled();
    target.rollBackNow(key, 'Called at night');
    await eventually(
      async () => (await gitops.subjects())[0].startsWith('Roll '),
      'the rollback without the portal to be committed',
    );
    expect(await gitops.item()).toMatchObject({
      state: 'inSync',
      desired: { version: '1.0.0' },
    });
  });

  it('goes on without the program git, and catches up when it is there', async () => {
    const path = process.env.PATH;
    process.env.PATH = gitops.directory;
    try {
      expect((await gitops.deploy('1.0.0')).state).toBe('succeeded');
      const error = await eventually(
        async () =>
          (
            await gitops.platform.as().gitops.status()
          ).repository?.error,
        'the platform to say what it lacks',
      );
      expect(error).toContain('git is not installed');
    } finally {
      process.env.PATH = path;
    }
    await gitops.settled();
    expect(await gitops.item()).toMatchObject({ state: 'inSync' });
  });
});
