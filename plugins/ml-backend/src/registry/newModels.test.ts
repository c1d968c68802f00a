import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { testDatabases } from '../__testUtils__/databases';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const NEW = {
  name: MODEL,
  title: 'Wine',
  description: 'Tells the cultivar.',
  owner: 'quality-team',
  system: 'ml-examples',
};

describe.each(databases.ids)('new models on %s', databaseId => {
  let platform: TestPlatform;
  let refused: string[];

  beforeEach(async () => {
    refused = [];
    const decide = async (
      requests: { permission: { name: string }; resourceRef?: string }[],
    ) =>
      requests.map(({ permission }) => ({
        result: refused.includes(permission.name)
          ? AuthorizeResult.DENY
          : AuthorizeResult.ALLOW,
      }));
    platform = await TestPlatform.start({
      knex: await databases.init(databaseId),
      permissions: {
        authorize: decide,
        authorizeConditional: decide,
      } as object,
    });
  });
  afterEach(() => platform.stop());

  const mia = () => platform.as('user:default/mia');
  const paul = () => platform.as('user:default/paul');

  it('take their name, are seen and audited, and get versions later', async () => {
    await expect(mia().checkModelName(MODEL)).resolves.toEqual({
      name: MODEL,
      available: true,
    });
    const created = await mia().createModel(NEW);
    expect(created).toMatchObject({
      name: MODEL,
      owner: 'group:default/quality-team',
      system: 'system:default/ml-examples',
      createdBy: 'user:default/mia',
      versionCount: 0,
      deployments: [],
    });
    expect(created.latestVersion).toBeUndefined();
    await expect(paul().getModel(MODEL)).resolves.toEqual(created);
    await expect(paul().listModels()).resolves.toMatchObject({
      items: [{ name: MODEL }],
    });
    await expect(
      mia().audit.list({ resource: `model:${MODEL}` }),
    ).resolves.toMatchObject({
      items: [{ action: 'model.create', actor: 'user:default/mia' }],
    });

    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
    await expect(mia().getModel(MODEL)).resolves.toMatchObject({
      title: 'Wine classifier',
      latestVersion: '1.0.0',
      versionCount: 1,
    });
  });

  it('can be created again by who did, and by nobody else', async () => {
    const [one, other] = await Promise.all([
      mia().createModel(NEW),
      mia().createModel(NEW),
    ]);
    expect(other).toEqual(one);
    await expect(paul().createModel(NEW)).rejects.toMatchObject(
      refusal(409, "there is a model 'wine-classifier' already"),
    );
    await expect(
      mia().createModel({ ...NEW, owner: 'health-team' }),
    ).rejects.toMatchObject(refusal(409, 'choose another'));
    await expect(
      mia().audit.list({ resource: `model:${MODEL}` }),
    ).resolves.toMatchObject({ items: [{ action: 'model.create' }] });
  });

  it('keep their owner when the first version says another', async () => {
    await mia().createModel({ ...NEW, owner: 'health-team' });
    const digest = await platform.push(MODEL, examplePackage(MODEL));
    await expect(
      mia().registerVersion(MODEL, { version: '1.0.0', digest }),
    ).rejects.toMatchObject(refusal(400, 'group:default/health-team'));
  });

  it('say of a name that it is taken, not by whom where that is hidden', async () => {
    await mia().createModel(NEW);
    await expect(paul().checkModelName(MODEL)).resolves.toMatchObject({
      available: false,
      reason: expect.stringContaining('group:default/quality-team'),
    });
    refused = ['ml.model.read'];
    const hidden = await paul().checkModelName(MODEL);
    expect(hidden.available).toBe(false);
    expect(hidden.reason).toContain("taken by another team's model");
    expect(hidden.reason).not.toContain('quality-team');
    await expect(mia().checkModelName('Wine!')).resolves.toMatchObject({
      available: false,
      reason: expect.stringContaining('lower-case'),
    });
  });

  it('are for those who may create models', async () => {
    refused = ['ml.model.create'];
    await expect(mia().createModel(NEW)).rejects.toMatchObject(
      refusal(403, 'ml.model.create'),
    );
    await expect(mia().checkModelName(MODEL)).rejects.toMatchObject(
      refusal(403, 'ml.model.create'),
    );
    await expect(
      mia().audit.list({ resource: `model:${MODEL}` }),
    ).resolves.toMatchObject({
      items: [{ outcome: 'denied' }, { outcome: 'denied' }],
    });
    refused = [];
    await expect(
      mia().createModel({ ...NEW, owner: 'a b' }),
    ).rejects.toMatchObject(refusal(400, 'owner: must be an entity reference'));
  });

  it('give their files to who may pull them', async () => {
    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
    await expect(
      mia().getFileText(MODEL, '1.0.0', 'eval/suite.yaml'),
    ).resolves.toContain('EvaluationSuite');
    const { files } = await mia().getVersion(MODEL, '1.0.0');
    const file = files.find(({ path }) => path === 'model.onnx')!;
    const response = await fetch(
      await mia().getFileUrl(MODEL, '1.0.0', 'model.onnx'),
      { headers: { authorization: 'Bearer mock-user-token' } },
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="model.onnx"',
      'content-length': String(file.size),
      'x-content-type-options': 'nosniff',
      etag: `"${file.digest}"`,
    });
    expect((await response.arrayBuffer()).byteLength).toBe(file.size);
    await expect(
      mia().getFileText(MODEL, '1.0.0', 'missing.yaml'),
    ).rejects.toMatchObject(refusal(404, 'Its files are'));

    refused = ['ml.artifact.pull'];
    await expect(
      mia().getFileText(MODEL, '1.0.0', 'card.yaml'),
    ).rejects.toMatchObject(refusal(403, 'ml.artifact.pull'));
    refused = ['ml.model.read'];
    await expect(
      mia().getFileText(MODEL, '1.0.0', 'card.yaml'),
    ).rejects.toMatchObject(refusal(403, 'no role that shows models'));
  });
});
