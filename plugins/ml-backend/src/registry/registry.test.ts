import {
  mockCredentials,
  type TestDatabaseId,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  CYCLONEDX_MEDIA_TYPE,
  type MlClient,
} from '@ml-platform/plugin-ml-common';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const wine = (changes?: Parameters<typeof examplePackage>[1]) =>
  examplePackage('wine-classifier', changes);
const withVersion = (version: string): [RegExp, string][] => [
  [/^version: .*$/m, `version: ${version}`],
];

describe.each(databases.ids)('registry on %s', databaseId => {
  let platform: TestPlatform;
  const start = async (
    options: Partial<Parameters<typeof TestPlatform.start>[0]> = {},
    id: TestDatabaseId = databaseId,
  ) => {
    platform = await TestPlatform.start({
      knex: await databases.init(id),
      ...options,
    });
    return platform;
  };
  afterEach(() => platform?.stop());

  it('registers a pushed package as an immutable version of a new model', async () => {
    const { url } = await start();
    const client = platform.as('user:default/mia');
    const digest = await platform.push('wine-classifier', wine());

    const version = await client.registerVersion('wine-classifier', {
      version: '1.0.0',
      digest,
    });
    expect(version).toMatchObject({
      model: 'wine-classifier',
      version: '1.0.0',
      digest,
      format: 'onnx',
      createdBy: 'user:default/mia',
      card: { modelParameters: { task: expect.any(String) } },
    });
    expect(version.files.map(file => file.path)).toContain('model.onnx');

    await expect(client.getModel('wine-classifier')).resolves.toMatchObject({
      title: 'Wine classifier',
      owner: 'group:default/quality-team',
      latestVersion: '1.0.0',
      versionCount: 1,
      deployments: [],
    });
    // Other OCI clients find it by its version.
    const tagged = await fetch(
      `${url}/v2/models/wine-classifier/manifests/1.0.0`,
      {
        method: 'HEAD',
        headers: { authorization: mockCredentials.user.header() },
      },
    );
    expect(tagged.headers.get('docker-content-digest')).toBe(digest);
    const openapi = await client.getOpenApi('wine-classifier', '1.0.0');
    expect(JSON.stringify(openapi)).toContain(
      '/v2/models/wine-classifier/infer',
    );
    await expect(
      client.getBom('wine-classifier', '1.0.0'),
    ).resolves.toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: {
        component: { hashes: [{ content: digest.replace('sha256:', '') }] },
      },
    });
    const again = await fetch(
      `${url}/api/ml/v1/models/wine-classifier/versions`,
      {
        method: 'POST',
        headers: {
          authorization: 'Bearer mock-user-token',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ version: '1.0.0', digest }),
      },
    );
    expect(again.status).toBe(200);
    await expectOneBom(url, digest, client);
    const audit = await client.audit.list({
      resource: 'version:wine-classifier@1.0.0',
    });
    expect(audit.items).toEqual([
      expect.objectContaining({
        action: 'version.register',
        actor: 'user:default/mia',
        outcome: 'succeeded',
        details: expect.objectContaining({ digest }),
      }),
    ]);
  });

  it('refuses other content under a version that exists', async () => {
    await start();
    await platform.register('wine-classifier', '1.0.0', wine());
    await expect(
      platform.register(
        'wine-classifier',
        '1.0.0',
        wine({ 'card.yaml': [[/^/, '# changed\n']] }),
      ),
    ).rejects.toMatchObject(
      refusal(409, /Versions are immutable: raise 'version'/),
    );
  });

  it.each([
    ['no card', { 'card.yaml': undefined }, /card\.yaml: is missing/],
    [
      'a field of the wrong type',
      { 'model.yaml': [[/datatype: FP32/, 'datatype: FLOAT']] },
      /model\.yaml interface\.inputs\[0\]\.datatype/,
    ],
    [
      'an unknown field',
      { 'card.yaml': [[/^/, 'colour: red\n']] },
      /card\.yaml colour: is not a known field/,
    ],
    [
      'a tensor that the model does not have',
      { 'model.yaml': [[/name: features/, 'name: measurements']] },
      /the model has no input 'measurements'.*'features'/,
    ],
    [
      'a sample that is not there',
      { 'samples/request.json': undefined },
      /samples\[0\]: names 'samples\/request\.json', which is not in the package/,
    ],
    [
      'no evaluation suite',
      { 'eval/suite.yaml': undefined },
      /eval\/suite\.yaml: is missing/,
    ],
    [
      'a card that is still to be written',
      { 'card.yaml': [[/task: .*/, "task: 'TO BE WRITTEN: a task'"]] },
      /card\.yaml modelParameters\.task: is still to be written/,
    ],
    [
      'a suite that is still to be written',
      { 'eval/suite.yaml': [[/min: 0\.8/, "min: 'TO BE WRITTEN'"]] },
      /eval\/suite\.yaml metrics\[0\]\.threshold\.min: is still/,
    ],
    [
      'YAML that is none',
      { 'card.yaml': [[/^/, ': : [\n']] },
      /card\.yaml: is not valid YAML/,
    ],
    [
      'another name',
      { 'model.yaml': [[/^name: .*$/m, 'name: other']] },
      /name: model\.yaml says 'other'/,
    ],
  ] as [string, Record<string, [RegExp, string][] | undefined>, RegExp][])(
    'refuses a package with %s, and keeps nothing of it',
    async (_, changes, message) => {
      await start();
      await expect(
        platform.register('wine-classifier', '1.0.0', wine(changes)),
      ).rejects.toMatchObject(refusal(400, message));
      await expect(platform.as().listModels()).resolves.toEqual({ items: [] });
    },
  );

  it('refuses a manifest that was never pushed', async () => {
    await start();
    await expect(
      platform.as().registerVersion('wine-classifier', {
        version: '1.0.0',
        digest: `sha256:${'0'.repeat(64)}`,
      }),
    ).rejects.toMatchObject(
      refusal(400, /there is no manifest sha256:0+.*push/),
    );
  });

  it('refuses an interface that breaks callers, unless the major rises', async () => {
    await start();
    await platform.register('wine-classifier', '1.0.0', wine());
    const narrower = (version: string) =>
      wine({
        'model.yaml': [
          ...withVersion(version),
          [/ {4}- name: label[\s\S]*?(?= {4}- name: probabilities)/, ''],
        ],
      });
    await expect(
      platform.register('wine-classifier', '1.1.0', narrower('1.1.0')),
    ).rejects.toMatchObject(
      refusal(400, /output 'label' was removed.*raise the major: 2\.0\.0/),
    );
    await expect(
      platform.register('wine-classifier', '2.0.0', narrower('2.0.0')),
    ).resolves.toMatchObject({ version: '2.0.0' });
  });

  it('pages through versions by semantic precedence', async () => {
    await start();
    const order = ['2.0.0', '2.0.0-rc.10', '2.0.0-rc.9', '1.10.0', '1.9.0'];
    for (const version of [...order].reverse()) {
      await platform.register(
        'wine-classifier',
        version,
        wine({ 'model.yaml': withVersion(version) }),
      );
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await platform
        .as()
        .listVersions('wine-classifier', { limit: 2, cursor });
      seen.push(...page.items.map(({ version }) => version));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(order);
    await expect(
      platform.as().getModel('wine-classifier'),
    ).resolves.toMatchObject({ latestVersion: '2.0.0', versionCount: 5 });
    await expect(
      platform.as().listVersions('wine-classifier', { cursor: 'nonsense!' }),
    ).rejects.toMatchObject({ response: { status: 400 } });
  });

  it('finds models by text, with the letters of a pattern taken literally', async () => {
    await start();
    await platform.register('wine-classifier', '1.0.0', wine());
    await platform.register(
      'diabetes-risk',
      '1.0.0',
      examplePackage('diabetes-risk'),
    );
    const names = async (q: string) =>
      (await platform.as().listModels({ q })).items.map(({ name }) => name);
    await expect(names('WINE')).resolves.toEqual(['wine-classifier']);
    await expect(names('health-team')).resolves.toEqual(['diabetes-risk']);
    await expect(names('%')).resolves.toEqual([]);
  });

  it('shows a caller only what the policy admits', async () => {
    const onlyOwner = (owner: string) => ({
      authorizeConditional: async (
        requests: { permission: { name: string } }[],
      ) =>
        requests.map(({ permission }) =>
          permission.name === 'ml.model.read'
            ? {
                result: AuthorizeResult.CONDITIONAL,
                pluginId: 'ml',
                resourceType: 'ml-model',
                conditions: {
                  not: {
                    rule: 'IS_MODEL_OWNER',
                    resourceType: 'ml-model',
                    params: { claims: [owner] },
                  },
                },
              }
            : { result: AuthorizeResult.DENY },
        ),
    });
    const knex = await databases.init(databaseId);
    await start({ knex });
    await platform.register('wine-classifier', '1.0.0', wine());
    await platform.register(
      'diabetes-risk',
      '1.0.0',
      examplePackage('diabetes-risk'),
    );
    const { directory } = platform;
    await platform.stop();

    await start({
      knex,
      directory,
      permissions: onlyOwner('group:default/health-team') as never,
    });
    const client = platform.as();
    const { items } = await client.listModels();
    expect(items.map(({ name }) => name)).toEqual(['wine-classifier']);
    for (const hidden of [
      client.getModel('diabetes-risk'),
      client.listVersions('diabetes-risk'),
      client.getVersion('diabetes-risk', '1.0.0'),
      client.createRelease('diabetes-risk', {
        environment: 'staging',
        version: '1.0.0',
      }),
    ]) {
      await expect(hidden).rejects.toMatchObject(
        refusal(404, "There is no model 'diabetes-risk'"),
      );
    }
    await expect(
      client.createRelease('wine-classifier', {
        environment: 'production',
        version: '1.0.0',
      }),
    ).rejects.toMatchObject({ response: { status: 403 } });
    await expect(
      client.audit.list({ resource: 'model:wine-classifier' }),
    ).resolves.toMatchObject({
      items: [
        {
          action: 'ml.release.production',
          outcome: 'denied',
          actor: 'user:default/mock',
        },
      ],
    });
  });
});

/** A scanner finds the bill of materials where OCI tools look; it comes back when it was lost. */
async function expectOneBom(
  url: string,
  digest: string,
  client: MlClient,
): Promise<void> {
  const base = `${url}/v2/models/wine-classifier`;
  const headers = { authorization: mockCredentials.user.header() };
  const read = async (path: string) =>
    (await fetch(`${base}/${path}`, { headers })).json();
  const list = async () => {
    const { manifests } = await read(`referrers/${digest}`);
    return manifests as { digest: string; artifactType: string }[];
  };
  const [listed, ...more] = await list();
  expect(more).toEqual([]);
  expect(listed.artifactType).toBe(CYCLONEDX_MEDIA_TYPE);
  const manifest = await read(`manifests/${listed.digest}`);
  expect(manifest.subject.digest).toBe(digest);
  const [attached, told] = await Promise.all(
    [
      `${base}/blobs/${manifest.layers[0].digest}`,
      `${url}/api/ml/v1/models/wine-classifier/versions/1.0.0/bom`,
    ].map(async each => (await fetch(each, { headers })).text()),
  );
  expect(attached).toBe(told);

  const removed = await fetch(`${base}/manifests/${listed.digest}`, {
    ...{ method: 'DELETE', headers },
  });
  expect(removed.status).toBe(202);
  expect(await list()).toEqual([]);
  await client.registerVersion('wine-classifier', { version: '1.0.0', digest });
  expect(await list()).toEqual([listed]);
}
