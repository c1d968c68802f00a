import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderBackend from '@backstage/plugin-scaffolder-backend';
import { validatePackage } from '@ml-platform/packaging';
import { MlClient } from '@ml-platform/plugin-ml-common';
// The registry as it runs, and not what it might answer.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import mlBackend from '@ml-platform/plugin-ml-backend';
import { parse } from 'yaml';
import scaffolderModuleMl from '.';
import { Front } from './__testUtils__/Front';

jest.setTimeout(60_000);

const run = promisify(execFile);
const TEMPLATE = resolvePackagePath(
  '@ml-platform/plugin-scaffolder-backend-module-ml',
  '../../templates/new-model/template.yaml',
);
const MIA = 'user:default/mia';
const VALUES = {
  name: 'churn-predictor',
  title: 'Who "leaves": churn',
  description: "Tells who'll leave: from usage",
  owner: 'group:default/quality-team',
  task: 'classification',
  inputs: ['logins', 'tickets'],
  output: 'leaves',
  personalData: true,
  repository: { kind: 'portal' },
};

interface Task {
  status: string;
  log: string;
  output: { text?: { content: string }[] };
}

describe('the template new-model', () => {
  let backend: Awaited<ReturnType<typeof startTestBackend>>;
  let folder: string;
  let url: string;
  const front = new Front();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ml-template-'));
    url = await front.start();
    const template = parse(await readFile(TEMPLATE, 'utf8'));
    template.metadata.annotations = {
      'backstage.io/managed-by-location': `file:${TEMPLATE}`,
      'backstage.io/source-location': `file:${TEMPLATE}`,
    };
    backend = await startTestBackend({
      features: [
        scaffolderBackend,
        scaffolderModuleMl,
        mlBackend,
        catalogServiceMock.factory({ entities: [template] }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:3000' },
            backend: { baseUrl: url, workingDirectory: folder },
            scaffolder: {
              ml: { repositories: { directory: join(folder, 'repositories') } },
            },
            ml: {
              artifacts: { embedded: { directory: join(folder, 'artifacts') } },
              // Nothing is deployed here, so nobody listens there.
              serving: {
                embedded: {
                  control: { url: 'http://127.0.0.1:9', token: 'token' },
                  gateways: {
                    production: 'http://127.0.0.1:9',
                    staging: 'http://127.0.0.1:9',
                  },
                },
              },
              webhooks: { encryptionKey: 'a key for tests' },
            },
          },
        }),
      ],
    });
    front.port = (backend.server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    await backend.stop();
    front.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const call = async (path: string, body?: object) => {
    const response = await fetch(`${url}/api/${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: mockCredentials.user.header(MIA),
        'content-type': 'application/json',
      },
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  };
  const runTemplate = async (values: object): Promise<Task> => {
    const { id } = await call('scaffolder/v2/tasks', {
      templateRef: 'template:default/new-model',
      values,
    });
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { status } = await call(`scaffolder/v2/tasks/${id}`);
      if (!['open', 'processing'].includes(status)) {
        const events = await call(`scaffolder/v2/tasks/${id}/events`);
        const log = events.map((event: any) => event.body.message).join('\n');
        const end = events.find((event: any) => event.body.output);
        return { status, log, output: end?.body.output ?? {} };
      }
      if (Date.now() > deadline) throw new Error(`The task is ${status}`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  const clone = async (name: string) => {
    const target = join(folder, `clone-of-${name}`);
    await run('git', [
      'clone',
      '--quiet',
      `file://${folder}/repositories/${name}.git`,
      target,
    ]);
    return target;
  };
  const client = new MlClient({
    baseUrl: async () => `${url}/api/ml`,
    fetch: (input, init) =>
      fetch(input, {
        ...init,
        headers: {
          ...(init?.headers as Record<string, string>),
          authorization: mockCredentials.user.header(MIA),
        },
      }),
  });

  it.each([
    ['classification', 'churn-predictor'],
    ['regression', 'sales-forecast'],
  ])(
    'makes a repository for %s that can be cloned, and the model',
    async (task, name) => {
      const done = await runTemplate({ ...VALUES, name, task });
      expect(`${done.status}\n${done.log}`).toMatch(/^completed/);
      expect(done.output.text![0].content).toContain(`${name}.git`);
      await expect(client.getModel(name)).resolves.toMatchObject({
        title: VALUES.title,
        owner: VALUES.owner,
        createdBy: MIA,
        versionCount: 0,
      });

      const repository = await clone(name);
      const { issues, model } = await validatePackage(
        join(repository, 'model'),
      );
      // All that is left are the marked places, and what training writes.
      expect(issues.map(({ file, field }) => `${file} ${field}`)).toEqual([
        'card.yaml quantitativeAnalysis.performanceMetrics',
        'card.yaml considerations.users[0]',
        'card.yaml considerations.useCases[0]',
        'card.yaml considerations.technicalLimitations[0]',
        'model.yaml artifact',
        'model.yaml samples[0]',
      ]);
      expect(model).toMatchObject({
        name,
        title: VALUES.title,
        description: VALUES.description,
      });
      expect(model!.interface.inputs.map(input => input.name)).toEqual(
        VALUES.inputs,
      );
      await run('python3', [
        '-c',
        'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]',
        join(repository, 'model/train.py'),
      ]);
      await run('sh', ['-n', join(repository, 'ci/check.sh')]);
      const info = parse(
        await readFile(join(repository, 'catalog-info.yaml'), 'utf8'),
      );
      expect(info.spec.owner).toBe(VALUES.owner);
    },
  );

  it('stops at a name that is taken, and leaves no repository', async () => {
    await client.createModel({
      name: 'taken',
      description: 'Somebody was faster',
      owner: 'group:default/health-team',
    });
    const { status, log } = await runTemplate({ ...VALUES, name: 'taken' });
    expect(status).toBe('failed');
    expect(log).toContain("there is a model 'taken' already");
    await expect(clone('taken')).rejects.toThrow();
  });
});
