import { mockCredentials } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { Doubler } from '../__testUtils__/Doubler';
import { examplePackage } from '../__testUtils__/packages';
import { eventually, TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(60_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const READ_ONLY = { readOnly: true, destructive: false, idempotent: true };
const ADDING = { readOnly: false, destructive: false, idempotent: true };
const CHANGING = { readOnly: false, destructive: true, idempotent: true };

interface Answer {
  status: number;
  body: any;
}

describe.each(databases.ids)('actions on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;
  let permissions: Record<string, AuthorizeResult>;

  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(
      `${platform.url}/api/ml/.backstage/actions/v1/actions${path}`,
      {
        headers: {
          authorization: mockCredentials.user.header('user:default/mia'),
          'content-type': 'application/json',
        },
        ...init,
      },
    );
    return { status: response.status, body: await response.json() };
  };
  const invoke = (name: string, input: object) =>
    call(`/ml:${name}/invoke`, {
      method: 'POST',
      body: JSON.stringify(input),
    });
  const ask = async (name: string, input: object) => {
    const { body, status } = await invoke(name, input);
    if (status !== 200) throw new Error(JSON.stringify(body.error));
    return body.output;
  };
  const deploy = (version: string, idempotencyKey: string) =>
    ask('deploy-version', {
      model: MODEL,
      version,
      environment: 'staging',
      idempotencyKey,
    });
  const finished = (id: string) =>
    eventually(async () => {
      const release = await ask('get-release', { id });
      return release.finishedAt && release;
    }, `release ${id} to end`);

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    permissions = {};
    const decide = async (requests: { permission: { name: string } }[]) =>
      requests.map(({ permission }) => ({
        result: permissions[permission.name] ?? AuthorizeResult.ALLOW,
      }));
    platform = await TestPlatform.start({
      knex,
      permissions: {
        authorize: decide,
        authorizeConditional: decide,
      } as object,
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
  });
  afterEach(() => platform.stop());

  it('are listed with what they do to the world, in words and schemas', async () => {
    const { body } = await call('', { method: 'GET' });
    expect(
      Object.fromEntries(
        body.actions.map((action: any) => [action.id, action.attributes]),
      ),
    ).toEqual({
      'ml:list-models': READ_ONLY,
      'ml:get-model': READ_ONLY,
      'ml:search-versions': READ_ONLY,
      'ml:get-version': READ_ONLY,
      'ml:get-release': READ_ONLY,
      'ml:create-model': ADDING,
      'ml:register-version': ADDING,
      'ml:publish-version': { ...ADDING, idempotent: false },
      'ml:deploy-version': CHANGING,
      'ml:evaluate-version': ADDING,
      'ml:promote-version': CHANGING,
      'ml:roll-back': CHANGING,
      'ml:run-batch-job': { ...ADDING, idempotent: false },
      'ml:get-batch-job': READ_ONLY,
    });
    for (const { description, schema } of body.actions) {
      expect(description.length).toBeGreaterThan(80);
      expect(schema.input.type).toBe('object');
      expect(Object.keys(schema.output.properties)).not.toHaveLength(0);
    }
  });

  it('predict for rows, and give what came of it to who asked alone', async () => {
    const gateway = new Doubler();
    platform.target.gateway = await gateway.start();
    const job = await ask('run-batch-job', {
      model: MODEL,
      environment: 'production',
      rows: '{"x": 1, "name": "a"}\n{"x": -1, "name": "b"}\n{"x": 3, "name": "c"}\n',
      ...{ columns: ['x=x'], keep: ['name'], maxRejected: '1' },
    });
    expect(job.predictions).toBeUndefined();
    const ended = await eventually(async () => {
      const now = await ask('get-batch-job', { id: job.id });
      return now.finishedAt && now;
    }, `batch job ${job.id} to end`);
    gateway.stop();
    expect(ended).toMatchObject({
      ...{ state: 'succeeded', version: '1.0.0', rows: 3, rejected: 1 },
      predictions:
        '{"row":1,"name":"a","twice":2}\n{"row":3,"name":"c","twice":6}\n',
      rejections: expect.stringContaining('"row":2'),
    });
    const others = await call('/ml:get-batch-job/invoke', {
      method: 'POST',
      body: JSON.stringify({ id: job.id }),
      headers: {
        authorization: mockCredentials.user.header('user:default/paul'),
        'content-type': 'application/json',
      },
    });
    expect(others.body.output).toMatchObject({ state: 'succeeded' });
    expect(others.body.output.predictions).toBeUndefined();
  });

  it('refuse to predict for who may not', async () => {
    permissions['ml.prediction.try'] = AuthorizeResult.DENY;
    await expect(
      invoke('run-batch-job', {
        ...{ model: MODEL, environment: 'staging', rows: '{"x": 1}' },
      }),
    ).resolves.toMatchObject({ status: 403 });
  });

  it('create a model and give it a version that was pushed', async () => {
    const about = {
      model: 'diabetes-risk',
      description: 'Tells how far it will have progressed.',
      owner: 'health-team',
    };
    const created = await ask('create-model', about);
    expect(created).toMatchObject({
      name: 'diabetes-risk',
      owner: 'group:default/health-team',
      versionCount: 0,
    });
    await expect(ask('create-model', about)).resolves.toEqual(created);
    const taken = await invoke('create-model', { ...about, model: MODEL });
    expect(taken.status).toBe(409);
    expect(taken.body.error.message).toContain('list-models');

    const version = {
      model: 'diabetes-risk',
      version: '1.0.0',
      digest: await platform.push(
        'diabetes-risk',
        examplePackage('diabetes-risk'),
      ),
    };
    const first = await ask('register-version', { ...version, draft: true });
    expect(first).toMatchObject({
      state: 'draft',
      createdBy: expect.any(String),
    });
    await expect(ask('register-version', version)).resolves.toEqual(first);
    await expect(
      ask('publish-version', { model: 'diabetes-risk', version: '1.0.0' }),
    ).resolves.toMatchObject({ state: 'registered' });

    permissions['ml.version.register'] = AuthorizeResult.DENY;
    const denied = await invoke('register-version', version);
    expect(denied.status).toBe(403);
    expect(denied.body.error.message).toContain('ml.version.register');
    const wrong = await invoke('register-version', {
      ...version,
      digest: 'latest',
    });
    expect(wrong.status).toBe(400);
  });

  it('tell about models and versions', async () => {
    await finished((await deploy('1.0.0', 'first')).id);
    const { models } = await ask('list-models', { query: 'wine' });
    expect(models).toMatchObject([
      {
        name: MODEL,
        latestVersion: '1.1.0',
        deployments: [{ environment: 'staging', version: '1.0.0' }],
      },
    ]);
    expect(await ask('get-model', { model: MODEL })).toEqual(models[0]);

    const first = await ask('search-versions', {
      limit: 1,
      metrics: ['accuracy>=0.5'],
    });
    const second = await ask('search-versions', {
      limit: 1,
      metrics: ['accuracy>=0.5'],
      cursor: first.nextCursor,
    });
    expect(
      [...first.versions, ...second.versions].map(
        ({ version }: { version: string }) => version,
      ),
    ).toEqual(['1.1.0', '1.0.0']);
    expect(await ask('search-versions', { liveIn: 'staging' })).toMatchObject({
      versions: [{ version: '1.0.0', metrics: expect.any(Array) }],
    });

    const version = await platform.as().getVersion(MODEL, '1.0.0');
    expect(
      await ask('get-version', { model: MODEL, version: '1.0.0' }),
    ).toMatchObject({
      digest: version.digest,
      interface: version.interface,
      card: version.card,
      lineage: version.package.lineage,
    });
  });

  it('deploy and roll back at once, and once for each key', async () => {
    await finished((await deploy('1.0.0', 'first')).id);
    const release = await deploy('1.1.0', 'second');
    expect(release).toMatchObject({
      number: 2,
      fromVersion: '1.0.0',
      requestedBy: 'user:default/mia',
    });
    expect(await finished(release.id)).toMatchObject({
      state: 'succeeded',
      transitions: expect.arrayContaining([
        expect.objectContaining({ to: 'routing' }),
      ]),
    });
    expect((await deploy('1.1.0', 'second')).id).toBe(release.id);

    const request = {
      model: MODEL,
      environment: 'staging',
      reason: 'Bad answers',
      idempotencyKey: 'third',
    };
    const back = await ask('roll-back', request);
    expect(back).toMatchObject({ kind: 'rollback', version: '1.0.0' });
    expect((await finished(back.id)).state).toBe('succeeded');
    expect((await ask('roll-back', request)).id).toBe(back.id);
  });

  it('allow what their caller may, and record a denial', async () => {
    permissions['ml.release.staging'] = AuthorizeResult.DENY;
    const request = {
      model: MODEL,
      version: '1.0.0',
      environment: 'staging',
      idempotencyKey: 'first',
    };
    expect(await invoke('deploy-version', request)).toMatchObject({
      status: 403,
      body: {
        error: {
          message: expect.stringContaining(
            'user:default/mia lacks the permission ml.release.staging',
          ),
        },
      },
    });
    const { items } = await platform
      .as()
      .audit.list({ resource: `model:${MODEL}` });
    expect(items[0]).toMatchObject({
      actor: 'user:default/mia',
      action: 'ml.release.staging',
      outcome: 'denied',
    });

    permissions['ml.model.read'] = AuthorizeResult.DENY;
    for (const [name, input] of [
      ['list-models', {}],
      ['search-versions', {}],
      ['get-model', { model: MODEL }],
      ['get-version', { model: MODEL, version: '1.0.0' }],
      ['deploy-version', request],
    ] as const) {
      expect(await invoke(name, input)).toMatchObject({
        status: 403,
        body: {
          error: { message: expect.stringContaining('no role that shows') },
        },
      });
    }
  });

  it('refuse with what to do instead', async () => {
    const message = async (name: string, input: object) =>
      (await invoke(name, input)).body.error.message;
    expect(await message('get-model', { model: 'no-such' })).toMatch(
      /no model 'no-such'.*list-models/,
    );
    expect(
      await message('get-version', { model: MODEL, version: '9.0.0' }),
    ).toMatch(/no version 9\.0\.0.*search-versions/);
    expect(
      await message('get-version', { model: MODEL, version: 'champion' }),
    ).toMatch(/must be a semantic version.*by alias/);
    expect(await message('search-versions', { metrics: ['good'] })).toMatch(
      /write for instance accuracy>=0\.9/,
    );
    expect(
      await message('roll-back', {
        model: MODEL,
        environment: 'staging',
        idempotencyKey: 'first',
      }),
    ).toMatch(/not live in staging.*get-model/);
    expect(
      await message('deploy-version', {
        model: MODEL,
        version: '1.0.0',
        environment: 'staging',
      }),
    ).toMatch(/idempotencyKey/);
  });
});
