import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { testDatabases } from '../__testUtils__/databases';
import { eventually } from '../__testUtils__/startPlatform';
import { FILE, MODEL, to, useGitops } from './__testUtils__/useGitops';

jest.setTimeout(60_000);

const databases = testDatabases();

describe.each(databases.ids)('desired state in Git on %s', databaseId => {
  const gitops = useGitops(() => databases.init(databaseId));

  it('commits each release as the person who asked for it, with what Git shows of it', async () => {
    const first = await gitops.deploy('1.0.0', 'user:default/mei');
    await gitops.deploy('1.1.0', 'user:default/mei');
    await gitops.platform.finished(
      await gitops.platform
        .as('user:default/hana')
        .rollback(MODEL, { environment: 'staging', reason: 'Too\nslow' }),
    );
    await gitops.settled();

    const repository = await gitops.clone();
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
    const { digest } = await gitops.platform.as().getVersion(MODEL, '1.0.0');
    const text = repository.read(FILE);
    expect(text).toContain('version: 1.0.0');
    expect(text).toContain(`digest: ${digest}`);
    expect(text).toContain('strategy: immediate');
    expect(await gitops.item()).toMatchObject({
      state: 'inSync',
      running: { version: '1.0.0', digest },
      desired: { version: '1.0.0', digest, strategy: 'immediate' },
    });
    const log = await gitops.platform
      .as()
      .gitops.log({ model: MODEL, limit: 2 });
    expect(log.items).toMatchObject([
      { version: '1.0.0', outcome: 'succeeded', reason: 'Too slow' },
      { version: '1.1.0', actor: 'user:default/mei' },
    ]);
    const rest = await gitops.platform
      .as()
      .gitops.log({ model: MODEL, limit: 2, cursor: log.nextCursor });
    expect(rest.items).toMatchObject([{ release: first.id }]);
    expect(rest.nextCursor).toBeUndefined();
  });

  it('releases what somebody merges, as its author, and keeps what people write beside it', async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    const repository = await gitops.clone('mei');
    const commit = await repository.change(
      FILE,
      before =>
        to('1.1.0')(before).replace(
          'strategy:',
          '# Agreed with Vera\nstrategy:',
        ),
      'Take the better one',
    );
    await gitops.reaches('inSync');
    await eventually(
      async () => (await gitops.live()) === '1.1.0',
      '1.1.0 to be live',
    );
    const { items } = await gitops.platform.as().listReleases(MODEL, {});
    expect(items[0]).toMatchObject({
      version: '1.1.0',
      state: 'succeeded',
      requestedBy: 'user:default/mei',
      reason: `Merged in Git as ${commit.slice(0, 12)}: Take the better one`,
    });
    await gitops.settled();
    await repository.run('pull', '--quiet');
    expect(await repository.run('log', '-1', '--format=%B')).toContain(
      `Ml-Change: ${commit}`,
    );
    const text = repository.read(FILE);
    expect(text).toContain('# Agreed with Vera');
    expect(text).toMatch(/^version: 1\.1\.0$/m);
    expect(text).toMatch(/^digest: sha256:/m);
  });

  it('rolls back while Git is away, and Git follows', async () => {
    await gitops.deploy('1.0.0');
    await gitops.deploy('1.1.0');
    await gitops.settled();
    const away = `${gitops.directory}-away`;
    renameSync(gitops.directory, away);
    // Nothing can be made in its place.
    writeFileSync(gitops.directory, '');
    try {
      const back = await gitops.platform.finished(
        await gitops.platform.as('user:default/mei').rollback(MODEL, {
          environment: 'staging',
          reason: 'It fails',
        }),
      );
      expect(back.state).toBe('succeeded');
      expect(await gitops.live()).toBe('1.0.0');
      await eventually(
        async () =>
          (
            await gitops.platform.as().gitops.status()
          ).repository?.error,
        'the portal to say that Git is away',
      );
      expect(await gitops.item()).toMatchObject({
        state: 'following',
        desired: { version: '1.1.0' },
        running: { version: '1.0.0' },
      });
    } finally {
      rmSync(gitops.directory);
      renameSync(away, gitops.directory);
    }
    await gitops.settled();
    expect(await gitops.item()).toMatchObject({
      state: 'inSync',
      desired: { version: '1.0.0' },
    });
    expect((await gitops.subjects())[0]).toBe(
      'Roll wine-classifier back to 1.0.0 in staging',
    );
    expect(
      (await gitops.platform.as().gitops.status()).repository?.error,
    ).toBeUndefined();
  });

  it("commits on top of whoever was faster, and loses nobody's change", async () => {
    await gitops.deploy('1.0.0');
    await gitops.settled();
    const repository = await gitops.clone('mei');
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
      await gitops.deploy(version);
    }
    await pushes;
    await gitops.settled();
    await repository.run('pull', '--quiet', '--rebase');
    const log = (await repository.run('log', '--format=%s')).split('\n');
    expect(log.filter(line => line === 'A change by hand')).toHaveLength(8);
    expect(log.filter(line => line.startsWith('Deploy '))).toHaveLength(5);
    await repository.run('fsck', '--strict');
  });

  it('writes down what runs where there is no file: at first, and when one was removed', async () => {
    await gitops.platform.stop();
    await gitops.start({ gitops: undefined });
    await gitops.deploy('1.0.0');
    expect(await gitops.platform.as().gitops.status()).toMatchObject({
      enabled: false,
    });
    await gitops.platform.stop();
    await gitops.start();
    await gitops.reaches('inSync');
    const repository = await gitops.clone('mei');
    await repository.run('rm', '--quiet', FILE);
    await repository.run('commit', '--quiet', '-m', 'Remove it');
    await repository.push();
    await eventually(
      async () => (await gitops.subjects()).length === 3,
      'the file to be put back',
    );
    expect(await gitops.subjects()).toEqual([
      `Write down what runs: ${FILE}`,
      'Remove it',
      `Write down what runs: ${FILE}`,
    ]);
    expect(await gitops.live()).toBe('1.0.0');
  });

  it('makes one commit of each release with two portals on one database', async () => {
    const another = await gitops.startAnother();
    try {
      for (const version of ['1.0.0', '1.1.0', '1.0.0', '1.1.0']) {
        const release = await gitops.platform
          .as()
          .createRelease(MODEL, { environment: 'staging', version });
        await another.finished(release);
        await another.as().gitops.sync();
      }
      await gitops.settled();
      expect(await gitops.subjects()).toEqual(
        ['1.1.0', '1.0.0', '1.1.0', '1.0.0'].map(
          version => `Deploy ${MODEL} ${version} to staging`,
        ),
      );
    } finally {
      await another.stop();
    }
  });
});
