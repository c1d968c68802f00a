import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const SECRET = '9007199254740993';
const BODY = `{"inputs":[{"name":"id","data":[${SECRET}]}]}`;

describe('trying a model from the portal', () => {
  let platform: TestPlatform;
  let gateway: Server;
  let maySee: boolean;
  let denied: string | undefined;
  let asked: { url?: string; requestId?: unknown; body: string }[];
  let answer: { status: number; body: string };

  const attempt = (body = BODY, version?: string) =>
    platform
      .as('user:default/ada')
      .predictions.try(MODEL, 'production', { body, version });
  const events = async () => {
    const { items } = await platform.as().audit.list({
      resource: `deployment:production/${MODEL}`,
    });
    return items.filter(({ action }) => action === 'prediction.try').reverse();
  };

  beforeAll(async () => {
    gateway = createServer(async (request, response) => {
      asked.push({
        url: request.url,
        requestId: request.headers['x-request-id'],
        body: await text(request),
      });
      response
        .writeHead(answer.status, { 'x-ml-version': '1.0.0' })
        .end(answer.body);
    });
    await new Promise<void>(resolve => {
      gateway.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => {
    gateway.closeAllConnections();
    gateway.close();
  });

  beforeEach(async () => {
    maySee = true;
    denied = undefined;
    asked = [];
    answer = { status: 200, body: `{"outputs":[{"data":[${SECRET}]}]}` };
    platform = await TestPlatform.start({
      knex: await databases.init('SQLITE_3'),
      permissions: {
        authorizeConditional: async requests =>
          requests.map(({ permission }) => ({
            result:
              maySee && permission.name !== denied
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
          })),
      },
    });
    const { port } = gateway.address() as AddressInfo;
    platform.target.gateway = `http://127.0.0.1:${port}`;
    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
  });
  afterEach(() => platform.stop());

  it('passes request and answer on as they are, and records neither', async () => {
    const tried = await attempt(BODY, '1');
    expect(tried).toMatchObject({ ...answer, version: '1.0.0' });
    expect(tried.latencyMs).toBeGreaterThan(0);
    expect(asked).toEqual([
      {
        url: `/v2/models/${MODEL}/versions/1/infer`,
        requestId: tried.requestId,
        body: BODY,
      },
    ]);
    const recorded = await events();
    expect(recorded).toMatchObject([
      { actor: 'user:default/ada', outcome: 'intended' },
      { outcome: 'succeeded', details: { status: 200, version: '1.0.0' } },
    ]);
    expect(JSON.stringify(recorded)).not.toContain(SECRET);
  });

  it('gives the sample of a version to who may predict and not pull, and to nobody else', async () => {
    const sample = () =>
      platform.as('user:default/ada').predictions.getSample(MODEL, '1.0.0');
    denied = 'ml.artifact.pull';
    expect(JSON.parse((await sample())!)).toMatchObject({
      inputs: [{ name: 'features' }],
    });
    await expect(
      platform.as().predictions.getSample(MODEL, '9.9.9'),
    ).resolves.toBeUndefined();
    denied = 'ml.prediction.try';
    await expect(sample()).rejects.toMatchObject({
      response: { status: 403 },
    });
  });

  it('tells what the gateway refused, and when there is none', async () => {
    answer = { status: 400, body: '{"error":"tensor id is missing"}' };
    expect(await attempt()).toMatchObject(answer);
    platform.target.gateway = 'http://127.0.0.1:1';
    await expect(attempt()).rejects.toMatchObject(
      refusal(503, 'does not answer'),
    );
    expect((await events()).map(({ outcome }) => outcome)).toEqual([
      'intended',
      'failed',
      'intended',
      'failed',
    ]);
  });

  it('refuses large requests, odd versions, and who may not see the model', async () => {
    await expect(attempt(`[${'1,'.repeat(140_000)}1]`)).rejects.toMatchObject({
      response: { status: 413 },
    });
    await expect(attempt(BODY, '../..')).rejects.toMatchObject(
      refusal(400, 'version'),
    );
    const traffic = () =>
      platform.as('user:default/ada').predictions.getTraffic(MODEL, 'staging');
    await expect(traffic()).rejects.toMatchObject(
      refusal(501, 'does not count their traffic'),
    );
    maySee = false;
    await expect(traffic()).rejects.toMatchObject(
      refusal(403, 'no role that shows models'),
    );
    await expect(attempt()).rejects.toMatchObject({
      response: { status: expect.any(Number) },
    });
    expect(asked).toEqual([]);
  });
});
