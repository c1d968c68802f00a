import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Knex } from 'knex';
import { testDatabases } from '../../__testUtils__/databases';
import { GitClone, MEI } from '../../__testUtils__/GitClone';
import { examplePackage } from '../../__testUtils__/packages';
import { eventually, TestPlatform } from '../../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const FILE = `environments/staging/quality-team/${MODEL}.yaml`;
const VERA = 'user:default/vera';
const STRANGER = 'user:default/stranger';

/** Vera may push and deploy nothing; the stranger may not even look. */
const decide = (request: unknown, ref: string | undefined) => {
  const { permission } = request as { permission: { name: string } };
  const isDenied =
    (ref === VERA && permission.name.startsWith('ml.release.')) ||
    (ref === STRANGER && permission.name.startsWith('ml.gitops.'));
  return { result: isDenied ? AuthorizeResult.DENY : AuthorizeResult.ALLOW };
};
const authorize = async (
  requests: unknown[],
  options?: { credentials?: { principal?: unknown } },
) => {
  const { userEntityRef } = (options?.credentials?.principal ?? {}) as {
    userEntityRef?: string;
  };
  return requests.map(request => decide(request, userEntityRef)) as never;
};

describe.each(databases.ids)('the embedded repository on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let clones: GitClone[];

  const clone = async (user: string, token?: string) => {
    const url = new URL(`${platform.url}/git/deployments.git`);
    url.username = 'anybody';
    url.password = token ?? mockCredentials.user.token(user);
    const made = await GitClone.of(url.toString(), MEI);
    clones.push(made);
    return made;
  };

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    clones = [];
    platform = await TestPlatform.start({
      knex,
      gitops: {
        directory: mkdtempSync(join(tmpdir(), 'ml-gitops-')),
        interval: '10s',
      },
      permissions: {
        authorize: authorize as never,
        authorizeConditional: authorize as never,
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
      await platform
        .as()
        .createRelease(MODEL, { environment: 'staging', version: '1.0.0' }),
    );
    await platform.as().gitops.sync();
  });
  afterEach(async () => {
    for (const made of clones) made.remove();
    await platform.stop();
  });

  it('is cloned and pushed to with a token, and a push is released at once as who pushed', async () => {
    const repository = await clone('user:default/noah');
    expect(repository.read(FILE)).toContain('version: 1.0.0');
    // The author that the commit names is somebody else, and counts for nothing.
    const commit = await repository.change(FILE, before =>
      before
        .replace('version: 1.0.0', 'version: 1.1.0')
        .replace(/^digest: .*\n/m, ''),
    );
    const release = await eventually(async () => {
      const { items } = await platform.as().listReleases(MODEL);
      return items[0].finishedAt && items.length === 2 && items[0];
    }, 'the push to be released');
    expect(release).toMatchObject({
      version: '1.1.0',
      state: 'succeeded',
      requestedBy: 'user:default/noah',
      reason: expect.stringContaining(commit.slice(0, 12)),
    });
    const { items } = await platform
      .as()
      .audit.list({ action: 'gitops.push', limit: 10 });
    expect(items).toMatchObject([
      { actor: 'user:default/noah', outcome: 'succeeded' },
      { actor: 'user:default/noah', outcome: 'intended' },
    ]);
  });

  it('takes no push that is wrong or goes beyond the rights of who pushes, and says why', async () => {
    const repository = await clone('user:default/noah');
    await repository.commit(FILE, before =>
      before.replace('version: 1.0.0', 'version: new\nreplica: 1'),
    );
    await expect(repository.push()).rejects.toThrow(
      new RegExp(
        `${FILE}:5 version: must be a semantic version[^]*${FILE}:6 replica[^]*|${FILE}:6 replica[^]*${FILE}:5 version`,
      ),
    );
    await repository.run('reset', '--quiet', '--hard', 'origin/main');
    await repository.run('rm', '--quiet', FILE);
    await repository.run('commit', '--quiet', '-m', 'Remove it');
    await expect(repository.push()).rejects.toThrow('takes nothing down');
    await repository.run('reset', '--quiet', '--hard', 'origin/main');
    await expect(
      repository.run('push', 'origin', 'HEAD:refs/heads/other'),
    ).rejects.toThrow('Push to main alone');
    await repository.run('commit', '--amend', '-m', 'Not what was');
    await expect(
      repository.run('push', '--force', 'origin', 'HEAD:main'),
    ).rejects.toThrow('non-fast-forward');

    const vera = await clone(VERA);
    await vera.commit('README.md', () => '# What runs where\n');
    await vera.push();
    await vera.commit(FILE, before =>
      before
        .replace('version: 1.0.0', 'version: 1.1.0')
        .replace(/^digest: .*\n/m, ''),
    );
    await expect(vera.push()).rejects.toThrow(
      /user:default\/vera lacks the permission ml\.release\.staging/,
    );
    await expect(clone(STRANGER)).rejects.toThrow(
      /403|lacks the permission ml\.gitops\.read/,
    );
    await expect(clone('', 'wrong')).rejects.toThrow(/Authentication failed/);
    const { items } = await platform.as().listReleases(MODEL);
    expect(items).toHaveLength(1);
  });
});
