import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  type NewServiceAccount,
  repositoryOf,
} from '@ml-platform/plugin-ml-common';
import {
  createAssertion,
  createCertificateRequest,
  EmbeddedAuthority,
  spiffeId,
  TokenSigner,
} from '@ml-platform/workload-identity';
import type { Knex } from 'knex';
import { CiIssuer } from '../__testUtils__/CiIssuer';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const OTHER = 'diabetes-risk';
const TEAM = 'group:default/quality-team';
const REF = 'service-account:quality-team/ci';
const SECRET = randomBytes(32);
const ISSUER = 'http://localhost:7007/api/ml';
const CI_AUDIENCE = 'ml-platform';
const MAIN = 'repo:example/wine:ref:refs/heads/main';

describe.each(databases.ids)('service accounts on %s', databaseId => {
  let ci: CiIssuer;
  let knex: Knex;
  let platform: TestPlatform;
  const mei = () => platform.as('user:default/mei');
  const noah = () => platform.as('user:default/noah');
  const hana = () => platform.as('user:default/hana');
  const create = (change: Partial<NewServiceAccount> = {}) =>
    mei().serviceAccounts.create({
      team: TEAM,
      name: 'ci',
      description: 'Registers what main builds',
      capabilities: ['register', 'deploy:staging'],
      models: [MODEL],
      trust: {
        issuer: ci.url,
        audience: CI_AUDIENCE,
        subject: 'repo:example/wine:ref:refs/heads/*',
      },
      ...change,
    });
  const exchange = (ciToken: string, account = 'quality-team/ci') =>
    platform.withToken('none').serviceAccounts.exchange({ account, ciToken });
  const ciToken = (change: Partial<Parameters<CiIssuer['sign']>[0]> = {}) =>
    ci.sign({ subject: MAIN, audience: CI_AUDIENCE, ...change });

  beforeAll(async () => {
    ci = await CiIssuer.start();
  });
  afterAll(() => ci.stop());
  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({
      knex,
      serviceAccounts: {
        key: SECRET.toString('base64url'),
        trustDomain: 'ml.example',
        ciIssuers: [ci.url],
        limits: { requestsPerSecond: 200, concurrency: 50 },
      },
      teams: {
        'user:default/mei': [TEAM],
        'user:default/noah': [TEAM],
        'user:default/hana': ['group:default/health-team'],
      },
    });
    for (const model of [MODEL, OTHER]) {
      await platform.register(model, '1.0.0', examplePackage(model));
    }
  });
  afterEach(() => platform.stop());

  it('are created by a team for its models, and found by nobody else', async () => {
    await expect(create()).resolves.toMatchObject({
      ref: REF,
      owner: 'user:default/mei',
      spiffeId: 'spiffe://ml.example/team/quality-team/sa/ci',
      environments: ['staging', 'production'],
    });
    await expect(create()).rejects.toMatchObject(
      refusal(409, 'names are not given twice'),
    );
    await expect(
      create({ team: 'group:default/health-team', name: 'x' }),
    ).rejects.toMatchObject(refusal(403, 'You are not in'));
    await expect(
      create({ name: 'x', models: ['nothing'] }),
    ).rejects.toMatchObject(refusal(404, 'nothing'));
    await expect(create({ name: 'x', models: [OTHER] })).rejects.toMatchObject(
      refusal(400, 'but only read, predict, pull'),
    );
    await expect(
      create({
        name: 'x',
        trust: { issuer: 'http://10.0.0.1', audience: 'a', subject: MAIN },
      }),
    ).rejects.toMatchObject(refusal(400, 'is not among those'));
    await expect(
      create({
        name: 'x',
        trust: { issuer: ci.url, audience: 'a', subject: '*:*' },
      }),
    ).rejects.toMatchObject(refusal(400, 'must name more'));
    expect((await noah().serviceAccounts.list()).items).toHaveLength(1);
    await expect(hana().serviceAccounts.revoke(REF, { reason: 'x' }))
      .resolves // an admin, as the test's policy has it
      .toMatchObject({ revokedBy: 'user:default/hana' });
  });

  it('do with a CI token what they were created for, and nothing else', async () => {
    await create();
    const { expiresAt, token } = await exchange(await ciToken());
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(3_600_001);
    const account = platform.withToken(token);
    const digest = await platform.push(
      MODEL,
      examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, 'version: 1.1.0']],
      }),
    );
    await expect(
      account.registerVersion(MODEL, { version: '1.1.0', digest }),
    ).resolves.toMatchObject({ createdBy: REF });
    await expect(
      account.createRelease(MODEL, {
        environment: 'staging',
        version: '1.1.0',
      }),
    ).resolves.toMatchObject({ requestedBy: REF });
    expect((await account.listModels()).items.map(({ name }) => name)).toEqual([
      MODEL,
    ]);

    const denied = [
      () =>
        account.createRelease(MODEL, {
          environment: 'production',
          version: '1.1.0',
        }),
      () => account.versions.requestDeletion(MODEL, '1.0.0', { reason: 'x' }),
      () => account.audit.list(),
      () => account.webhooks.list(),
      () =>
        account.serviceAccounts.create({
          team: TEAM,
          name: 'other',
          description: 'x',
          capabilities: ['read'],
          models: [MODEL],
        }),
      () => account.serviceAccounts.issueToken(REF),
      () => account.serviceAccounts.revoke(REF, { reason: 'x' }),
      () => account.predictions.try(MODEL, 'staging', { body: '{}' }),
    ];
    for (const attempt of denied) {
      await expect(attempt()).rejects.toMatchObject({
        response: { status: 403 },
      });
    }
    await expect(account.getModel(OTHER)).rejects.toMatchObject(
      refusal(404, OTHER),
    );
    const { items } = await mei().audit.list({ actor: REF, outcome: 'denied' });
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'ml.release.production',
        'ml.version.delete',
        'ml.audit.read',
        'predict',
      ]),
    );
    const { lastUsedAs } = await mei().serviceAccounts.get(REF);
    expect(lastUsedAs).toBe('api');
  });

  it('pull and push in the registry what is theirs', async () => {
    await create({ capabilities: ['pull'] });
    const { token } = await mei().serviceAccounts.issueToken(REF);
    const basic = Buffer.from(`ci:${token}`).toString('base64');
    const tags = (model: string) =>
      fetch(`${platform.url}/v2/${repositoryOf(model)}/tags/list`, {
        headers: { authorization: `Basic ${basic}` },
      });
    expect((await tags(MODEL)).status).toBe(200);
    // As if it were not there.
    expect((await tags(OTHER)).status).toBe(404);
    const push = await fetch(
      `${platform.url}/v2/${repositoryOf(MODEL)}/blobs/uploads/`,
      { method: 'POST', headers: { authorization: `Bearer ${token}` } },
    );
    expect(push.status).toBe(403);
  });

  it.each<[string, Partial<Parameters<CiIssuer['sign']>[0]>, string]>([
    [
      'of another branch of the pattern',
      { subject: `${MAIN}:evil` },
      'subject',
    ],
    [
      'of another repository',
      { subject: MAIN.replace('wine', 'x') },
      'subject',
    ],
    ['for another audience', { audience: 'other' }, 'something else'],
    ['that has expired', { issued: -900, expires: -300 }, 'has expired'],
    ['that is older than an hour', { issued: -7200 }, 'older than an hour'],
    ['of another issuer', { issuer: 'http://127.0.0.1:1' }, 'another issuer'],
    [
      'that somebody else signed',
      { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
      'not signed by its issuer',
    ],
  ])('are not given for a CI token %s', async (_, change, why) => {
    await create();
    await expect(exchange(await ciToken(change))).rejects.toMatchObject(
      refusal(401, why),
    );
    const { items } = await mei().audit.list({
      action: 'service-account.exchange',
    });
    expect(items[0]).toMatchObject({ outcome: 'denied', resource: REF });
  });

  it('are not given twice for one proof, nor for accounts that trust nobody', async () => {
    await create();
    const shown = await ciToken();
    await exchange(shown);
    await expect(exchange(shown)).rejects.toMatchObject(
      refusal(401, 'was shown before'),
    );
    const both = await ciToken();
    const results = await Promise.allSettled([exchange(both), exchange(both)]);
    expect(results.map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'rejected',
    ]);
    await create({ name: 'app', trust: undefined });
    for (const account of ['quality-team/app', 'quality-team/nobody']) {
      await expect(exchange(await ciToken(), account)).rejects.toMatchObject(
        refusal(401, 'no account trusts this identity'),
      );
    }
  });

  it('are given to their owner for a day at most, and never more than they may', async () => {
    await create();
    const { serviceAccounts } = mei();
    await expect(
      serviceAccounts.issueToken(REF, { lifetimeSeconds: 86_401 }),
    ).rejects.toMatchObject(refusal(400, 'more than a day'));
    await expect(
      serviceAccounts.issueToken(REF, { capabilities: ['rollback'] }),
    ).rejects.toMatchObject(refusal(400, "does not have 'rollback'"));
    await expect(noah().serviceAccounts.issueToken(REF)).rejects.toMatchObject(
      refusal(403, 'Only user:default/mei'),
    );
    const { token } = await serviceAccounts.issueToken(REF, {
      capabilities: ['register'],
    });
    await expect(
      platform.withToken(token).createRelease(MODEL, {
        environment: 'staging',
        version: '1.0.0',
      }),
    ).rejects.toMatchObject(refusal(403, 'ml.release.staging'));
  });

  it('end at once, as a whole or one token', async () => {
    await create();
    const one = await mei().serviceAccounts.issueToken(REF);
    const two = await mei().serviceAccounts.issueToken(REF);
    const read = (token: string) => platform.withToken(token).getModel(MODEL);
    await read(one.token);
    await noah().serviceAccounts.revokeCredential(REF, one.id);
    await expect(read(one.token)).rejects.toMatchObject(
      refusal(401, 'was revoked'),
    );
    await read(two.token);
    expect(platform.target.access?.denied).toEqual([one.id]);
    await mei().serviceAccounts.revoke(REF, { reason: 'The project is over' });
    await expect(read(two.token)).rejects.toMatchObject(
      refusal(401, 'was revoked'),
    );
    await expect(mei().serviceAccounts.issueToken(REF)).rejects.toMatchObject(
      refusal(409, 'The project is over'),
    );
    await expect(exchange(await ciToken())).rejects.toMatchObject(
      refusal(401, 'no account trusts'),
    );
  });

  it('are not believed when forged, expired, or issued for the gateways', async () => {
    await create();
    const sign = (secret: Buffer, change: object = {}, at?: Date) =>
      new TokenSigner({ issuer: ISSUER, secret }).sign(
        {
          sub: REF,
          aud: [ISSUER],
          scope: 'register',
          models: [MODEL, OTHER],
          environments: ['production'],
          owner: 'user:default/mei',
          group: TEAM,
          lifetimeSeconds: 3600,
          ...change,
        },
        at,
      );
    const gateway = await mei().serviceAccounts.issueToken(REF, {
      audience: ['gateway'],
    });
    const yesterday = new Date(Date.now() - 86_400_000);
    for (const [token, why] of [
      [(await sign(randomBytes(32))).token, 'not signed by the issuer'],
      [(await sign(SECRET, {}, yesterday)).token, 'expired'],
      // Signed with the key, but never issued.
      [(await sign(SECRET)).token, 'was revoked'],
      [gateway.token, 'issued for something else'],
    ]) {
      await expect(
        platform.withToken(token).getModel(MODEL),
      ).rejects.toMatchObject(refusal(401, why));
    }
  });

  it('show a certificate where no TLS ends, once, and renew it themselves', async () => {
    await create({ capabilities: ['read', 'predict'] });
    const { csr, privateKey } = await createCertificateRequest();
    await expect(
      noah().serviceAccounts.issueCertificate(REF, { csr }),
    ).rejects.toMatchObject(refusal(403, 'Only user:default/mei'));
    await expect(
      mei().serviceAccounts.issueCertificate(REF, { csr: 'nonsense' }),
    ).rejects.toMatchObject(refusal(400, 'csr:'));
    const issued = await mei().serviceAccounts.issueCertificate(REF, { csr });
    const assertion = (audience = `${ISSUER}/v1/service-accounts/exchange`) =>
      createAssertion({ ...issued, privateKey, audience });
    const { serviceAccounts } = platform.withToken('none');
    const shown = await assertion();
    const { token } = await serviceAccounts.exchange({ assertion: shown });
    await expect(
      serviceAccounts.exchange({ assertion: shown }),
    ).rejects.toMatchObject(refusal(401, 'was shown before'));
    await expect(
      serviceAccounts.exchange({ assertion: await assertion(ISSUER) }),
    ).rejects.toMatchObject(refusal(401, 'for something else'));

    const next = await createCertificateRequest();
    const renewed = await platform
      .withToken(token)
      .serviceAccounts.issueCertificate(REF, { csr: next.csr });
    expect(renewed.spiffeId).toBe(issued.spiffeId);
    await mei().serviceAccounts.revokeCredential(REF, issued.serial);
    await expect(
      serviceAccounts.exchange({ assertion: await assertion() }),
    ).rejects.toMatchObject(refusal(401, 'is revoked'));

    const forger = await EmbeddedAuthority.open({
      secret: randomBytes(32),
      trustDomain: 'ml.example',
    });
    const forged = await forger.issue({
      csr,
      uri: spiffeId('ml.example', { team: 'quality-team', name: 'ci' }),
      expiresAt: new Date(Date.now() + 60_000),
    });
    await expect(
      serviceAccounts.exchange({
        assertion: await createAssertion({
          certificate: forged.certificate,
          privateKey,
          audience: `${ISSUER}/v1/service-accounts/exchange`,
        }),
      }),
    ).rejects.toMatchObject(refusal(401, 'no authority'));
  });

  it('have limits of their own, and those of the platform where they name none', async () => {
    await expect(
      create({ capabilities: ['predict'], limits: { requestsPerSecond: 5 } }),
    ).resolves.toMatchObject({ limits: { requestsPerSecond: 5 } });
    expect(platform.target.access?.accounts).toMatchObject([
      { ref: REF, limits: { requestsPerSecond: 5, concurrency: 50 } },
    ]);
    await expect(
      create({ name: 'x', limits: { concurrency: 0 } }),
    ).rejects.toMatchObject(refusal(400, 'concurrency'));
  });

  it('tell the data plane whom to let in', async () => {
    await create({ capabilities: ['predict'], environments: ['production'] });
    expect(platform.target.access).toMatchObject({
      issuer: ISSUER,
      audience: `${ISSUER}/gateway`,
      trustDomain: 'ml.example',
      accounts: [
        {
          ...{ ref: REF, models: [MODEL], environments: ['production'] },
          limits: { requestsPerSecond: 200, concurrency: 50 },
        },
      ],
      denied: [],
    });
    const { revision } = platform.target.access!;
    await mei().serviceAccounts.revoke(REF, { reason: 'x' });
    expect(platform.target.access).toMatchObject({
      accounts: [],
      revision: revision + 1,
    });
  });
});
