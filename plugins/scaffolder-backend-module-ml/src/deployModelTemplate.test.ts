import { join } from 'node:path';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import { mlServingExtensionPoint } from '@ml-platform/plugin-ml-node';
// The registry as it runs, and not what it might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  examplePackage,
  pushPackage,
} from '../../ml-backend/src/__testUtils__/packages';
import { EVALUATION_KEY } from '../../ml-backend/src/__testUtils__/passedReport';
import { ScriptedServingTarget } from '../../ml-backend/src/__testUtils__/ScriptedServingTarget';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { TemplateBackend } from './__testUtils__/TemplateBackend';

jest.setTimeout(120_000);

const MIA = 'user:default/mia';
const MODEL = 'wine-classifier';

describe('the template deploy-model', () => {
  let backend: TemplateBackend;
  let target: ScriptedServingTarget;

  const register = async (
    version: string,
    suite: Array<[RegExp, string]> = [],
  ) => {
    const digest = await pushPackage({
      url: backend.url,
      token: mockCredentials.user.token(),
      model: MODEL,
      files: examplePackage(MODEL, {
        'model.yaml': [[/^version: .*$/m, `version: ${version}`]],
        'eval/suite.yaml': suite,
      }),
    });
    await backend.client.registerVersion(MODEL, { version, digest });
  };
  const releases = async (environment: 'staging' | 'production') =>
    (await backend.client.listReleases(MODEL, { environment })).items;

  beforeAll(async () => {
    target = new ScriptedServingTarget();
    backend = await TemplateBackend.start({
      template: 'deploy-model',
      user: MIA,
      features: [
        createBackendModule({
          pluginId: 'ml',
          moduleId: 'scripted-serving',
          register(env) {
            env.registerInit({
              deps: { serving: mlServingExtensionPoint },
              async init({ serving }) {
                serving.setServingTarget(target);
              },
            });
          },
        }),
      ],
      ml: folder => ({
        evaluation: {
          signingKey: EVALUATION_KEY,
          directory: join(folder, 'evaluation'),
        },
        serving: { statusInterval: '50ms' },
      }),
    });
  });
  afterAll(() => backend.stop());

  it('takes a version through staging and the gate to production', async () => {
    await register('1.0.0');
    const done = await backend.run({
      ...{ model: MODEL, version: '1.0.0', reason: 'Try the template' },
      ...{ target: 'production', strategy: 'usual' },
    });
    expect(`${done.status}\n${done.log}`).toMatch(/^completed/);
    expect(done.log).toContain('is gate');
    const [staged] = await releases('staging');
    // It is past the gate, and goes on by itself.
    const deadline = Date.now() + 30_000;
    let [promoted] = await releases('production');
    while (!promoted.finishedAt && Date.now() < deadline) {
      await new Promise(resolve => setTimeout(resolve, 50));
      [promoted] = await releases('production');
    }
    expect(staged).toMatchObject({
      ...{ state: 'succeeded', requestedBy: MIA, reason: 'Try the template' },
    });
    expect(promoted).toMatchObject({
      ...{ state: 'succeeded', promotedFrom: staged.id, requestedBy: MIA },
      evaluation: expect.any(String),
    });
    expect(done.output.links!.map(({ url }) => url)).toEqual([
      `/ml/releases/${staged.id}`,
      `/ml/releases/${promoted.id}`,
    ]);
  });

  it('stops at staging where no more was asked for', async () => {
    await register('1.1.0');
    const done = await backend.run({
      ...{ model: MODEL, version: '1.1.0', target: 'staging' },
    });
    expect(`${done.status}\n${done.log}`).toMatch(/^completed/);
    expect((await releases('staging'))[0].version).toBe('1.1.0');
    expect((await releases('production'))[0].version).toBe('1.0.0');
  });

  it('fails with the reason of the gate, with production untouched', async () => {
    await register('1.2.0', [[/min: 0\.8 /, 'min: 0.99 ']]);
    const done = await backend.run({
      ...{ model: MODEL, version: '1.2.0', target: 'production' },
    });
    expect(done.status).toBe('failed');
    expect(done.log).toMatch(/refused: .*accuracy is 0\.8472/);
    expect((await releases('production'))[0]).toMatchObject({
      ...{ version: '1.2.0', state: 'refused' },
    });
    expect(
      target
        .held('production', MODEL)
        ?.routes?.split.map(({ version }) => version),
    ).toEqual(['1.0.0']);
  });
});
