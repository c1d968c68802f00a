import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@backstage/types';
import { ConfigReader } from '@backstage/config';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { GitClone } from '../__testUtils__/GitClone';
import { GitServer } from '../__testUtils__/GitServer';
import { examplePackage } from '../__testUtils__/packages';
import { userEntity } from '../__testUtils__/people';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';
import { readGitopsConfig } from './readGitopsConfig';
import { remoteAuthorization } from './remoteAuthorization';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const FILE = `environments/staging/quality-team/${MODEL}.yaml`;

const integrationOf: Record<string, (host: string) => JsonObject> = {
  github: host => ({
    github: [
      {
        host,
        token: 'secret',
        apiBaseUrl: `http://${host}/api/v3`,
        rawBaseUrl: `http://${host}/raw`,
      },
    ],
  }),
  gitlab: host => ({
    gitlab: [
      {
        host,
        token: 'secret',
        apiBaseUrl: `http://${host}/api/v4`,
        baseUrl: `http://${host}`,
      },
    ],
  }),
};

describe('a repository on a Git server', () => {
  let server: GitServer;
  let platform: TestPlatform;
  let clone: GitClone | undefined;

  const start = (knex: Knex, kind: string, gitops: JsonObject = {}) =>
    TestPlatform.start({
      knex,
      entities: [userEntity('mei', 'quality-team')],
      integrations: integrationOf[kind](server.host),
      gitops: {
        directory: mkdtempSync(join(tmpdir(), 'ml-gitops-')),
        remote: server.url,
        interval: '200ms',
        ...gitops,
      },
    });
  const prepare = async () => {
    for (const version of ['1.0.0', '1.1.0']) {
      await platform.register(
        MODEL,
        version,
        examplePackage(MODEL, {
          'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        }),
      );
    }
  };
  const deploy = async (version: string) =>
    platform.finished(
      await platform
        .as()
        .createRelease(MODEL, { environment: 'staging', version }),
    );
  const settled = () =>
    eventually(async () => {
      const { pendingCommits, repository } = await platform.as().gitops.sync();
      return pendingCommits === 0 && !repository?.error;
    }, 'every release to be committed');
  const status = async () => (await platform.as().gitops.status()).items[0];
  const change = async (version: string) =>
    clone!.change(FILE, before =>
      before
        .replace(/^version: .*$/m, `version: ${version}`)
        .replace(/^digest: .*\n/m, ''),
    );

  beforeEach(async () => {
    server = await GitServer.start();
  });
  afterEach(async () => {
    await platform.stop();
    clone?.remove();
    clone = undefined;
    server.stop();
  });

  it.each(databases.ids)(
    'of GitHub is filled, followed, and caught up with after it was away, on %s',
    async databaseId => {
      platform = await start(await databases.init(databaseId), 'github');
      await prepare();
      await deploy('1.0.0');
      await settled();
      clone = await GitClone.of(server.directory);
      await change('1.1.0');
      await eventually(
        async () => (await status()).running?.version === '1.1.0',
        'what was merged to run',
      );
      await settled();

      server.down = true;
      const back = await platform.finished(
        await platform.as().rollback(MODEL, { environment: 'staging' }),
      );
      expect(back.state).toBe('succeeded');
      await eventually(
        async () => (await platform.as().gitops.status()).repository?.error,
        'the portal to say that the server is away',
      );
      // Meanwhile somebody pushes there, where the platform cannot look.
      await clone.change('README.md', () => '# Ours\n');
      server.down = false;
      await settled();
      await clone.run('pull', '--quiet', '--rebase');
      expect(clone.read(FILE)).toContain('version: 1.0.0');
      const log = (await clone.run('log', '--format=%s')).split('\n');
      expect(log.slice(0, 4)).toEqual([
        'Roll wine-classifier back to 1.0.0 in staging',
        'A change by hand',
        'Deploy wine-classifier 1.1.0 to staging',
        'A change by hand',
      ]);
      expect([...server.seen]).toEqual(['x-access-token:secret']);

      // A token that is not let in is said, and shown to nobody.
      server.account = 'x-access-token:another';
      const error = await eventually(
        async () => (await platform.as().gitops.sync()).repository?.error,
        'the refusal to be told',
      );
      expect(error).toContain(server.url);
      expect(error).not.toContain('secret');
    },
  );

  it('of GitLab is followed by who confirms only, where authors are not believed', async () => {
    server.account = 'oauth2:secret';
    platform = await start(await databases.init('SQLITE_3'), 'gitlab', {
      authors: 'confirm',
    });
    await prepare();
    await deploy('1.0.0');
    await settled();
    clone = await GitClone.of(server.directory);
    await change('1.1.0');
    await eventually(
      async () => (await status()).state === 'drifted',
      'the change to wait for a person',
    );
    expect((await status()).message).toContain("'ml gitops apply");
    await platform.finished(
      await platform
        .as('user:default/mei')
        .gitops.apply({ model: MODEL, environment: 'staging' }),
    );
    await settled();
    expect(await status()).toMatchObject({
      state: 'inSync',
      running: { version: '1.1.0' },
    });
  });
});

it.each([
  [{ remote: 'http://git.example/x.git' }, /HTTPS address/],
  [{ remote: 'https://user:pw@github.com/x.git' }, /without user and password/],
  [{ branch: 'a..b' }, /no name of a branch/],
  [{ authors: 'all' }, /must be email or confirm/],
])('says what is wrong in %j', (gitops, message) => {
  const config = new ConfigReader({
    backend: { baseUrl: 'http://localhost:7007' },
    ml: { gitops },
  });
  expect(() => readGitopsConfig(config)).toThrow(message);
});

it('asks for an integration that knows the host', () => {
  expect(() =>
    remoteAuthorization(new ConfigReader({}), 'https://git.example/x.git'),
  ).toThrow(/has the host git\.example/);
});
