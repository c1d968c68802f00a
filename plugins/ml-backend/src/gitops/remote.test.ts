import { createHmac } from 'node:crypto';
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
      platform = await start(await databases.init(databaseId), 'github', {
        authors: 'email',
      });
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

  it('of GitLab is followed by who confirms only, unless authors are believed', async () => {
    server.account = 'oauth2:secret';
    platform = await start(await databases.init('SQLITE_3'), 'gitlab');
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

  describe.each([
    [
      'GitHub',
      {
        kind: 'github',
        account: 'x-access-token:secret',
        payload: githubPush,
        sign: (body: string, secret: string) => ({
          'x-github-event': 'push',
          'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
          'x-hub-signature-256': `sha256=${createHmac('sha256', secret)
            .update(body)
            .digest('hex')}`,
        }),
      },
    ],
    [
      'GitLab',
      {
        kind: 'gitlab',
        account: 'oauth2:secret',
        payload: gitlabPush,
        sign: (_body: string, secret: string) => ({
          'x-gitlab-event': 'Push Hook',
          'x-gitlab-token': secret,
        }),
      },
    ],
  ])('with a webhook of %s', (_name, { account, kind, payload, sign }) => {
    const SECRET = 'a secret of both sides';
    const send = (push: object, headers: (body: string) => object) => {
      const body = JSON.stringify(push);
      return fetch(`${platform.url}/git/hooks`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(headers(body) as Record<string, string>),
        },
        body,
      });
    };

    it('is looked at as soon as somebody pushed, and for nobody else', async () => {
      server.account = account;
      platform = await start(await databases.init('SQLITE_3'), kind, {
        authors: 'email',
        // Only a webhook makes it look.
        interval: '1h',
        webhookSecret: SECRET,
      });
      await prepare();
      await deploy('1.0.0');
      await settled();
      clone = await GitClone.of(server.directory);
      const commit = await change('1.1.0');
      const push = payload({ url: server.url, commit });
      const signed = (body: string) => sign(body, SECRET);

      const forged = await send(push, body => sign(body, 'another secret'));
      expect(forged.status).toBe(401);
      expect((await send(push, () => ({}))).status).toBe(401);
      for (const other of [
        { ...push, ref: 'refs/heads/elsewhere' },
        payload({ url: `${server.url.slice(0, -4)}-other.git`, commit }),
      ]) {
        const answer = await send(other, signed);
        expect(await answer.json()).toEqual({
          message: 'That changes no desired state',
        });
      }
      expect((await status()).desired?.version).toBe('1.0.0');
      const taken = await send(push, signed);
      expect(taken.status).toBe(202);
      expect(await taken.json()).toEqual({
        message: 'The platform looks at the repository',
      });
      await eventually(
        async () => (await status()).running?.version === '1.1.0',
        'what was pushed to run',
      );
    });
  });
});

/** The fields of a push that GitHub documents, as it sends them. */
function githubPush({ commit, url }: { url: string; commit: string }) {
  return {
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: commit,
    repository: {
      id: 186853002,
      name: 'deployments',
      full_name: 'acme/deployments',
      private: true,
      html_url: url.replace(/\.git$/, ''),
      clone_url: url,
      default_branch: 'main',
    },
    pusher: { name: 'mei', email: 'mei@example.com' },
    sender: { login: 'mei', id: 21031067, type: 'User' },
    created: false,
    deleted: false,
    forced: false,
    commits: [],
    head_commit: { id: commit, message: 'A change by hand' },
  };
}

/** The fields of a push that GitLab documents, as it sends them. */
function gitlabPush({ commit, url }: { url: string; commit: string }) {
  return {
    object_kind: 'push',
    event_name: 'push',
    before: '0'.repeat(40),
    after: commit,
    ref: 'refs/heads/main',
    checkout_sha: commit,
    user_id: 4,
    user_username: 'mei',
    project_id: 15,
    project: {
      id: 15,
      name: 'deployments',
      web_url: url.replace(/\.git$/, ''),
      git_http_url: url,
      path_with_namespace: 'acme/deployments',
      default_branch: 'main',
    },
    commits: [],
    total_commits_count: 1,
  };
}

it.each([
  [{ remote: 'http://git.example/x.git' }, /HTTPS address/],
  [{ remote: 'https://user:pw@github.com/x.git' }, /without user and password/],
  [{ branch: 'a..b' }, /no name of a branch/],
  [{ authors: 'all' }, /must be email or confirm/],
  [{ webhookSecret: 'short' }, /at least 16 characters/],
  [{ webhookSecret: 'x'.repeat(16) }, /for a repository on a Git server/],
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
