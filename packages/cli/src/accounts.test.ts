import { type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
// The portal as it runs, and not what it might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { CiIssuer } from '../../../plugins/ml-backend/src/__testUtils__/CiIssuer';
import { testDatabases } from '../../../plugins/ml-backend/src/__testUtils__/databases';
import { Front } from '../../../plugins/ml-backend/src/__testUtils__/Front';
import { examplePackage } from '../../../plugins/ml-backend/src/__testUtils__/packages';
import { TestPlatform } from '../../../plugins/ml-backend/src/__testUtils__/startPlatform';
import { tokenFor } from '../../../plugins/ml-backend/src/__testUtils__/roleMatrix';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const MODEL = 'wine-classifier';
const SECRET = randomBytes(32);
const MAIN = 'repo:example/wine:ref:refs/heads/main';

describe('service accounts, through ml', () => {
  const databases = testDatabases();
  let ci: CiIssuer;
  let ml: MlProcess;
  let platform: TestPlatform;
  let front: Front;
  let url: string;

  const run = (args: string[], env: NodeJS.ProcessEnv = {}, input?: string) =>
    ml.run(args, { env: { ML_URL: url, ...env }, input });
  const asMei = (...args: string[]) =>
    run(args, { ML_TOKEN: tokenFor('ml-engineer') });

  beforeAll(async () => {
    ci = await CiIssuer.start();
    ml = await MlProcess.build();
    const team = 'group:default/quality-team';
    // What is signed for the portal names its address, which must be known first.
    front = new Front();
    url = await front.start();
    platform = await TestPlatform.start({
      knex: await databases.init('SQLITE_3'),
      baseUrl: url,
      serviceAccounts: {
        key: SECRET.toString('base64url'),
        trustDomain: 'ml.example',
        ciIssuers: [ci.url],
      },
      teams: { 'user:default/mei': [team] },
    });
    front.port = Number(new URL(platform.url).port);
    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
    await platform.as('user:default/mei').serviceAccounts.create({
      team,
      name: 'ci',
      description: 'Registers what main builds',
      capabilities: ['read', 'register', 'deploy:staging'],
      models: [MODEL],
      trust: { issuer: ci.url, audience: 'ml-platform', subject: MAIN },
    });
  });
  afterAll(async () => {
    await platform?.stop();
    front.stop();
    await ml?.dispose();
    await ci?.stop();
  });

  const ciToken = () => ci.sign({ subject: MAIN, audience: 'ml-platform' });
  const showsModel = async (token: string) =>
    (await run(['models', 'show', MODEL], { ML_TOKEN: token })).code === 0;

  it('gets a token for the one of a CI job, by file, by pipe and from GitHub', async () => {
    const file = join(ml.folder, 'ci-token');
    await writeFile(file, `${await ciToken()}\n`);
    const exchange = ['service-accounts', 'exchange', 'quality-team/ci'];
    const byFile = await run([...exchange, '--token-file', file]);
    expect(byFile.code).toBe(0);
    expect(await showsModel(byFile.stdout.trim())).toBe(true);
    const byPipe = await run(
      [...exchange, '--token-file', '-', '--json'],
      {},
      await ciToken(),
    );
    expect(JSON.parse(byPipe.stdout).data).toMatchObject({
      token: expect.any(String),
    });

    const asked: string[] = [];
    const github = await listen(async (path, authorization) => {
      asked.push(`${path} ${authorization}`);
      return { value: await ciToken() };
    });
    const byGitHub = await run(exchange, {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/token?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'a-job',
    });
    github.stop();
    expect(asked).toEqual([
      '/token?api-version=2&audience=ml-platform Bearer a-job',
    ]);
    expect(await showsModel(byGitHub.stdout.trim())).toBe(true);

    const none = await run(exchange);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('id-token: write');
    const twice = await run([...exchange, '--token-file', file]);
    expect(twice.code).toBe(4);
    expect(twice.stderr).toContain('before');
  });

  it('deploys without the right to predict', async () => {
    const given = await asMei('service-accounts', 'token', 'quality-team/ci');
    const deployed = await run(
      ['deploy', `${MODEL}@1.0.0`, '--env', 'staging'],
      { ML_TOKEN: given.stdout.trim() },
    );
    expect(deployed.stderr).toContain('is live in staging');
    expect(deployed.code).toBe(0);
  });

  it('ends one token alone', async () => {
    const given = async () =>
      JSON.parse(
        (
          await asMei(
            ...['service-accounts', 'token', 'quality-team/ci', '--json'],
          )
        ).stdout,
      ).data;
    const [first, second] = [await given(), await given()];
    const revoke = ['service-accounts', 'revoke', 'quality-team/ci'];
    expect((await asMei(...revoke, '--yes')).stderr).toContain('--credential');
    const ended = await asMei(...revoke, '--credential', first.id, '--yes');
    expect(ended.code).toBe(0);
    expect(await showsModel(first.token)).toBe(false);
    expect(await showsModel(second.token)).toBe(true);
  });

  it('renews a certificate by the certificate, whatever was cut off before', async () => {
    const folder = join(ml.folder, 'identity');
    const requested = await asMei(
      ...['certs', 'request', 'quality-team/ci', '--out', folder],
      ...['--lifetime', '2h'],
    );
    expect(requested.code).toBe(0);
    const read = (name: string) => readFile(join(folder, name), 'utf8');
    const before = await read('client.pem');
    const renewed = await run(['certs', 'renew', folder, '--json']);
    expect(renewed.stderr).toContain(
      'spiffe://ml.example/team/quality-team/sa/ci',
    );
    expect(renewed.code).toBe(0);
    const after = await read('client.pem');
    expect(after).not.toBe(before);
    const { expiresAt } = JSON.parse(renewed.stdout).data;
    const left = new Date(expiresAt).getTime() - Date.now();
    expect(left / 3_600_000).toBeCloseTo(2, 0);

    // Killed when the key was in place, and its certificate not yet.
    await rename(join(folder, 'client.pem'), join(folder, 'client.next.pem'));
    await writeFile(join(folder, 'client.pem'), before);
    expect((await run(['certs', 'renew', folder])).code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual([
      ...['ca.pem', 'client.key', 'client.pem'],
    ]);

    await writeFile(join(folder, 'client.pem'), before);
    const torn = await run(['certs', 'renew', folder]);
    expect(torn).toMatchObject({ code: 2, stdout: '' });
    expect(torn.stderr).toContain('client.key is not the key of client.pem');
    expect(torn.stderr).toContain('ml certs request');
  });

  it('renews for as long as it runs, and outlives a portal that is away', async () => {
    const folder = join(ml.folder, 'watched');
    // As it begins a minute early, for clocks that are behind, half is over.
    await asMei(
      ...['certs', 'request', 'quality-team/ci', '--out', folder],
      ...['--lifetime', '60s'],
    );
    const read = () => readFile(join(folder, 'client.pem'), 'utf8');
    const before = await read();
    const away = await listen(async () => undefined);
    const untilItSays = (words: string) => (child: ChildProcess) => {
      let seen = '';
      child.stderr!.on('data', chunk => {
        const isSaid = seen.includes(words);
        seen += chunk;
        if (!isSaid && seen.includes(words)) child.kill('SIGINT');
      });
    };
    const patient = await ml.run(['certs', 'renew', folder, '--watch'], {
      env: { ML_URL: away.url },
      onSpawn: untilItSays('trying again'),
    });
    expect(patient.code).toBe(130);
    expect(patient.stderr).toContain('Not renewed');
    away.stop();
    const again = await ml.run(
      ['certs', 'renew', folder, '--watch', '--lifetime', '1h'],
      {
        env: { ML_URL: url },
        onSpawn: untilItSays('Renewed'),
      },
    );
    expect(again.stderr).toContain('Renewed spiffe://ml.example/');
    expect(await read()).not.toBe(before);
  });
});

/** Answers with JSON; with 503 where there is no answer. */
async function listen(
  answer: (path: string, authorization?: string) => Promise<object | undefined>,
): Promise<{ url: string; stop: () => void }> {
  const server: Server = createServer(async (request, response) => {
    const body = await answer(request.url!, request.headers.authorization);
    response.writeHead(body ? 200 : 503, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(body ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
