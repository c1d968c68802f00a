import { expectSameOutputs, sampleOf } from './testing/examples';
import { Platform } from './testing/Platform';
import { readEntity } from './testing/catalog';
import { repository, run } from './testing/run';
import { signInAs } from './testing/signInAs';
import { until } from './testing/until';

describe('a first start', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await Platform.start();
  }, 300_000);

  afterAll(() => platform?.dispose());

  it.each(['wine-classifier', 'diabetes-risk'])(
    'makes %s visible in the catalog within 15 seconds, with its API',
    async name => {
      const find = (kind: string) =>
        until(() => readEntity(platform, { kind, name }), {
          what: `${kind} ${name} is in the catalog`,
          timeoutMs: 15_000,
        });
      const [model, api] = await Promise.all([find('model'), find('api')]);
      expect(model.apiVersion).toBe('ml.internal/v1alpha1');
      expect(model.relations).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ type: 'ownedBy' }),
          expect.objectContaining({ type: 'providesApi' }),
        ]),
      );
      expect(api.spec.definition).toContain(`/v2/models/${name}`);
    },
  );

  it('has both example models live in staging and production', async () => {
    const olga = platform.clientWith(await signInAs(platform, 'olga'));
    const { items } = await olga.listDeployments();
    const live = items.map(
      item => `${item.environment}/${item.model}@${item.version}`,
    );
    expect(live.sort()).toEqual([
      'production/diabetes-risk@1.0.0',
      'production/wine-classifier@1.0.0',
      'staging/diabetes-risk@1.0.0',
      'staging/wine-classifier@1.0.0',
    ]);
  });

  it('prints a curl that returns the prediction of the trained model', async () => {
    const command = platform.output.match(/^\s*(curl .+)$/m)?.[1];
    expect(command).toBeDefined();
    const { code, stdout } = await run('sh', ['-c', command!]);
    expect(code).toBe(0);
    expectSameOutputs(JSON.parse(stdout), sampleOf('wine-classifier').response);
  });

  it.each(['wine-classifier', 'diabetes-risk'])(
    'predicts with %s as its training script did',
    async name => {
      const { request, response } = sampleOf(name);
      for (const environment of ['staging', 'production'] as const) {
        for (const path of [
          name,
          `${name}/versions/1`,
          `${name}/versions/1.0.0`,
        ]) {
          const answer = await platform.predict(environment, path, request);
          expect(answer).toMatchObject({ status: 200, version: '1.0.0' });
          expectSameOutputs(answer.body, response);
        }
      }
    },
  );

  it('serves the portal and the API on one port', async () => {
    const page = await fetch(platform.url);
    expect(await page.text()).toContain('<title>ML Platform</title>');
    expect(await platform.client.info()).toMatchObject({
      gateways: {
        staging: platform.gateway('staging'),
        production: platform.gateway('production'),
      },
    });
  });

  it('writes images that skopeo reads', async () => {
    const version = await platform.client.getVersion(
      'wine-classifier',
      '1.0.0',
    );
    const { code, stdout, stderr } = await run(
      process.env.ML_E2E_SKOPEO || 'skopeo',
      [
        'inspect',
        '--raw',
        '--tls-verify=false',
        `--creds=ml:${platform.token}`,
        `docker://localhost:${platform.ports.portal}/models/wine-classifier:1.0.0`,
      ],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const manifest = JSON.parse(stdout);
    expect(manifest.artifactType).toContain('cncf.model');
    expect(
      manifest.layers.map(
        (layer: any) => layer.annotations['org.cncf.model.filepath'],
      ),
    ).toEqual(
      expect.arrayContaining(['model.onnx', 'model.yaml', 'card.yaml']),
    );
    expect(version.digest).toMatch(/^sha256:/);
  });

  it('keeps tokens from other users of the machine', async () => {
    const { stdout } = await run('find', [
      platform.dataDir,
      ...['(', '-name', 'secrets.json', '-o', '-name', 'sessions.json', ')'],
      ...['(', '-perm', '-040', '-o', '-perm', '-004', ')'],
    ]);
    expect(stdout).toBe('');
  });

  it('leaves the checkout clean', async () => {
    const { stdout } = await run('git', [
      'status',
      '--porcelain',
      '--',
      'mkdocs.yml',
      'docs',
      'examples',
    ]);
    expect(stdout).toBe('');
    expect(platform.dataDir.startsWith(repository)).toBe(false);
  });
});
