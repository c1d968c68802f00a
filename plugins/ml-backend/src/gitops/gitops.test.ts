import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitopsItem, GitopsState } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { GitClone } from '../__testUtils__/GitClone';
import { examplePackage } from '../__testUtils__/packages';
import { userEntity } from '../__testUtils__/people';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const FILE = `environments/staging/quality-team/${MODEL}.yaml`;
const OTHER = 'diabetes-risk';
const OTHER_FILE = `environments/staging/health-team/${OTHER}.yaml`;

const entities = [
  userEntity('mei', 'quality-team'),
  userEntity('hana', 'health-team'),
  userEntity('vera', 'apps-team'),
];

const to = (version: string) => (before: string) =>
  before
    .replace(/^version: .*$/m, `version: ${version}`)
    .replace(/^digest: .*\n/m, '');

describe.each(databases.ids)('desired state in Git on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let directory: string;
  let clones: GitClone[];

  const start = async (
    options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
  ) => {
    platform = await TestPlatform.start({
      knex,
      entities,
      gitops: { directory, interval: '150ms' },
      ...options,
    });
  };
  const register = (model: string, version: string) =>
    platform.register(
      model,
      version,
      examplePackage(model, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
      }),
    );
  const clone = async (...user: string[]) => {
    const [name] = user;
    const made = await GitClone.of(
      directory,
      ...(name ? [{ name, email: `${name}@example.com` }] : []),
    );
    clones.push(made);
    return made;
  };
  const deploy = async (version: string, user?: string, model = MODEL) =>
    platform.finished(
      await platform
        .as(user)
        .createRelease(model, { environment: 'staging', version }),
    );
  const item = async (path = FILE): Promise<GitopsItem | undefined> =>
    (await platform.as().gitops.status()).items.find(
      entry => entry.path === path,
    );
  const reaches = (state: GitopsState, path = FILE) =>
    eventually(async () => {
      const found = await item(path);
      return found?.state === state && found;
    }, `${path} to be ${state}`);
  const settled = () =>
    eventually(async () => {
      const { pendingCommits } = await platform.as().gitops.sync();
      return pendingCommits === 0;
    }, 'every release to be committed');
  const live = async (model = MODEL) => {
    const { items } = await platform
      .as()
      .listDeployments({ model, environment: 'staging' });
    return items[0]?.version;
  };
  const subjects = async () =>
    (await platform.as().gitops.log({ limit: 100 })).items.map(
      ({ subject }) => subject,
    );

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    directory = mkdtempSync(join(tmpdir(), 'ml-gitops-'));
    clones = [];
    await start();
    for (const version of ['1.0.0', '1.1.0']) await register(MODEL, version);
  });
  afterEach(async () => {
    await platform.stop();
    for (const made of clones) made.remove();
  });

  it('commits each release as the person who asked for it, with what Git shows of it', async () => {
    const first = await deploy('1.0.0', 'user:default/mei');
    await deploy('1.1.0', 'user:default/mei');
    await platform.finished(
      await platform
        .as('user:default/hana')
        .rollback(MODEL, { environment: 'staging', reason: 'Too\nslow' }),
    );
    await settled();

    const repository = await clone();
    expect(await repository.run('log', '--format=%an <%ae> %cn|%s')).toBe(
      [
        'The hana <hana@example.com> ML Platform|Roll wine-classifier back to 1.0.0 in staging',
        'The mei <mei@example.com> ML Platform|Deploy wine-classifier 1.1.0 to staging',
        'The mei <mei@example.com> ML Platform|Deploy wine-classifier 1.0.0 to staging',
      ].join('\n'),
    );
    const trailers = await repository.run(
      'log',
      '-1',
      '--format=%(trailers:unfold)',
    );
    expect(trailers).toContain('Ml-Actor: user:default/hana');
    expect(trailers).toContain('Ml-Reason: Too slow');
    expect(trailers).toContain('Ml-From-Version: 1.1.0');
    const { digest } = await platform.as().getVersion(MODEL, '1.0.0');
    const text = repository.read(FILE);
    expect(text).toContain('version: 1.0.0');
    expect(text).toContain(`digest: ${digest}`);
    expect(text).toContain('strategy: immediate');
    expect(await item()).toMatchObject({
      state: 'inSync',
      running: { version: '1.0.0', digest },
      desired: { version: '1.0.0', digest, strategy: 'immediate' },
    });
    const log = await platform.as().gitops.log({ model: MODEL, limit: 2 });
    expect(log.items).toMatchObject([
      { version: '1.0.0', outcome: 'succeeded', reason: 'Too slow' },
      { version: '1.1.0', actor: 'user:default/mei' },
    ]);
    const rest = await platform
      .as()
      .gitops.log({ model: MODEL, limit: 2, cursor: log.nextCursor });
    expect(rest.items).toMatchObject([{ release: first.id }]);
    expect(rest.nextCursor).toBeUndefined();
  });

  it('releases what somebody merges, as its author, and keeps what people write beside it', async () => {
    await deploy('1.0.0');
    await settled();
    const repository = await clone('mei');
    const commit = await repository.change(
      FILE,
      before =>
        to('1.1.0')(before).replace(
          'strategy:',
          '# Agreed with Vera\nstrategy:',
        ),
      'Take the better one',
    );
    await reaches('inSync');
    await eventually(
      async () => (await live()) === '1.1.0',
      '1.1.0 to be live',
    );
    const { items } = await platform.as().listReleases(MODEL, {});
    expect(items[0]).toMatchObject({
      version: '1.1.0',
      state: 'succeeded',
      requestedBy: 'user:default/mei',
      reason: `Merged in Git as ${commit.slice(0, 12)}: Take the better one`,
    });
    await settled();
    await repository.run('pull', '--quiet');
    expect(await repository.run('log', '-1', '--format=%B')).toContain(
      `Ml-Change: ${commit}`,
    );
    const text = repository.read(FILE);
    expect(text).toContain('# Agreed with Vera');
    expect(text).toMatch(/^version: 1\.1\.0$/m);
    expect(text).toMatch(/^digest: sha256:/m);
  });

  it('never releases more than the author of a commit may', async () => {
    await deploy('1.0.0');
    await settled();
    const repository = await clone('vera');
    await repository.change(FILE, to('1.1.0'));
    expect(await reaches('drifted')).toMatchObject({
      message: expect.stringContaining(
        'user:default/vera lacks the permission ml.release.staging',
      ),
      desired: { version: '1.1.0' },
      running: { version: '1.0.0' },
    });
    const stranger = await clone('nobody');
    await stranger.change(FILE, before => `${before}# again\n`);
    await eventually(
      async () => (await item())?.message?.includes('<nobody@example.com>'),
      'the stranger to be refused',
    );
    expect((await platform.as().listReleases(MODEL)).items).toHaveLength(1);
    const { items } = await platform
      .as()
      .audit.list({ action: 'gitops.apply', limit: 10 });
    expect(items.map(({ actor, outcome }) => [actor, outcome])).toEqual([
      ['service:ml-platform', 'denied'],
      ['user:default/vera', 'denied'],
    ]);
    // Somebody who may takes it up.
    const release = await platform
      .as('user:default/mei')
      .gitops.apply({ model: MODEL, environment: 'staging' });
    expect(release.requestedBy).toBe('user:default/mei');
    await platform.finished(release);
    await settled();
    expect(await item()).toMatchObject({ state: 'inSync' });
  });

  it('asks for the role as well, where roles are configured', async () => {
    await deploy('1.0.0');
    await settled();
    await platform.stop();
    await start({
      roles: {
        'ml-engineer': ['group:default/health-team'],
        'platform-admin': ['user:default/vera'],
      },
    });
    const repository = await clone('mei');
    await repository.change(FILE, to('1.1.0'));
    expect(await reaches('drifted')).toMatchObject({
      message: expect.stringContaining('none of the roles ml-engineer'),
    });
    const admin = await clone('vera');
    await admin.change(FILE, before => `${before}# by an admin\n`);
    await reaches('inSync');
  });

  it('refuses a wrong file with its line, and follows the others', async () => {
    await register(OTHER, '1.0.0');
    await register(OTHER, '1.1.0');
    await deploy('1.0.0');
    await deploy('1.0.0', undefined, OTHER);
    await settled();
    const repository = await clone('hana');
    await repository.commit(FILE, before =>
      before.replace('version: 1.0.0', 'version: latest\nreplicas: 3'),
    );
    await repository.commit('environments/moon/x/y.yaml', () => 'a: [');
    await repository.commit(
      'environments/staging/quality-team/a*.yaml',
      () => 'a: [',
    );
    await repository.change(OTHER_FILE, to('1.1.0'));
    expect(await reaches('refused')).toMatchObject({
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
    expect(await item('environments/moon/x/y.yaml')).toMatchObject({
      state: 'refused',
      issues: [{ line: 1, message: expect.stringContaining("'moon'") }],
    });
    await reaches('inSync', OTHER_FILE);
    expect(await live(OTHER)).toBe('1.1.0');
    expect(await live()).toBe('1.0.0');
    const { items } = await platform
      .as()
      .audit.list({ action: 'gitops.refuse', limit: 10 });
    expect(items).toHaveLength(3);

    await repository.change(FILE, before =>
      before.replace('version: latest\nreplicas: 3', 'version: 9.9.9'),
    );
    await eventually(
      async () =>
        (await item())?.issues[0]?.message.includes('no version 9.9.9'),
      'the unknown version to be refused',
    );
    // The digest that stands there is not that of the other version.
    await repository.change(FILE, before =>
      before.replace('version: 9.9.9', 'version: 1.1.0'),
    );
    await eventually(
      async () => (await item())?.issues[0]?.field === 'digest',
      'the digest to be refused',
    );
    // The next release puts it right.
    await deploy('1.1.0');
    await settled();
    expect(await item()).toMatchObject({ state: 'inSync' });
  });

  it('rolls back while Git is away, and Git follows', async () => {
    await deploy('1.0.0');
    await deploy('1.1.0');
    await settled();
    const away = `${directory}-away`;
    renameSync(directory, away);
    // Nothing can be made in its place.
    writeFileSync(directory, '');
    try {
      const back = await platform.finished(
        await platform.as('user:default/mei').rollback(MODEL, {
          environment: 'staging',
          reason: 'It fails',
        }),
      );
      expect(back.state).toBe('succeeded');
      expect(await live()).toBe('1.0.0');
      await eventually(
        async () => (await platform.as().gitops.status()).repository?.error,
        'the portal to say that Git is away',
      );
      expect(await item()).toMatchObject({
        state: 'following',
        desired: { version: '1.1.0' },
        running: { version: '1.0.0' },
      });
    } finally {
      rmSync(directory);
      renameSync(away, directory);
    }
    await settled();
    expect(await item()).toMatchObject({
      state: 'inSync',
      desired: { version: '1.0.0' },
    });
    expect((await subjects())[0]).toBe(
      'Roll wine-classifier back to 1.0.0 in staging',
    );
    expect(
      (await platform.as().gitops.status()).repository?.error,
    ).toBeUndefined();
  });

  it("commits on top of whoever was faster, and loses nobody's change", async () => {
    await deploy('1.0.0');
    await settled();
    const repository = await clone('mei');
    const pushes = (async () => {
      for (let n = 0; n < 8; n++) {
        await repository.commit(`notes/${n}.md`, () => `${n}\n`);
        await eventually(
          () =>
            repository.push().then(
              () => true,
              () => false,
            ),
          'the push to be taken',
        );
      }
    })();
    for (const version of ['1.1.0', '1.0.0', '1.1.0', '1.0.0']) {
      await deploy(version);
    }
    await pushes;
    await settled();
    await repository.run('pull', '--quiet', '--rebase');
    const log = (await repository.run('log', '--format=%s')).split('\n');
    expect(log.filter(line => line === 'A change by hand')).toHaveLength(8);
    expect(log.filter(line => line.startsWith('Deploy '))).toHaveLength(5);
    await repository.run('fsck', '--strict');
  });

  it('tells a failed release as drift, does not try it for ever, and applies it when asked', async () => {
    await deploy('1.0.0');
    await settled();
    platform.target.outcome = { state: 'failed', reason: 'out of memory' };
    const repository = await clone('mei');
    await repository.change(FILE, to('1.1.0'));
    expect(await reaches('drifted')).toMatchObject({
      message: expect.stringContaining('out of memory'),
      release: expect.any(String),
    });
    await platform.as().gitops.sync();
    expect((await platform.as().listReleases(MODEL)).items).toHaveLength(2);
    platform.target.outcome = { state: 'ready' };
    await platform.finished(
      await platform
        .as()
        .gitops.apply({ model: MODEL, environment: 'staging' }),
    );
    await settled();
    expect(await item()).toMatchObject({ state: 'inSync' });
    expect(await subjects()).toContain(
      'Note that wine-classifier 1.1.0 failed in staging',
    );
  });

  it('writes down what runs where there is no file: at first, and when one was removed', async () => {
    await platform.stop();
    await start({ gitops: undefined });
    await deploy('1.0.0');
    expect(await platform.as().gitops.status()).toMatchObject({
      enabled: false,
    });
    await platform.stop();
    await start();
    await reaches('inSync');
    const repository = await clone('mei');
    await repository.run('rm', '--quiet', FILE);
    await repository.run('commit', '--quiet', '-m', 'Remove it');
    await repository.push();
    await eventually(
      async () => (await subjects()).length === 3,
      'the file to be put back',
    );
    expect(await subjects()).toEqual([
      `Write down what runs: ${FILE}`,
      'Remove it',
      `Write down what runs: ${FILE}`,
    ]);
    expect(await live()).toBe('1.0.0');
  });

  it('releases a change that was merged during another release after it', async () => {
    await deploy('1.0.0');
    await deploy('1.1.0');
    await settled();
    await register(MODEL, '1.2.0');
    await register(MODEL, '1.3.0');
    const repository = await clone('mei');

    platform.target.outcome = { state: 'starting' };
    const slow = await platform
      .as()
      .createRelease(MODEL, { environment: 'staging', version: '1.2.0' });
    await repository.change(FILE, to('1.0.0'), 'Back by hand');
    expect(await reaches('waiting')).toMatchObject({
      message: expect.stringContaining('is under way'),
    });
    platform.target.finishLoading();
    expect((await platform.finished(slow)).state).toBe('succeeded');
    // The change of the file came later, so it is released next.
    await eventually(
      async () => (await live()) === '1.0.0',
      '1.0.0 to be live',
    );
    await settled();
    expect((await subjects()).slice(0, 3)).toEqual([
      'Deploy wine-classifier 1.0.0 to staging',
      'Deploy wine-classifier 1.2.0 to staging',
      'Back by hand',
    ]);
  });
});
