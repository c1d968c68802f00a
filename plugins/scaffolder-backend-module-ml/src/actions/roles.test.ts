import { cp, readFile, writeFile } from 'node:fs/promises';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
// The registry and its policy as they run, and not what they might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../ml-backend/src/__testUtils__/databases';
import { Front } from '../../../ml-backend/src/__testUtils__/Front';
import {
  addModels,
  CASES,
  expected,
  modelFor,
  type Outcome,
  PEOPLE,
  refusalIn,
  SCOPES,
} from '../../../ml-backend/src/__testUtils__/roleMatrix';
import type { TestPlatform } from '../../../ml-backend/src/__testUtils__/startPlatform';
import { startWithRoles } from '../../../ml-backend/src/__testUtils__/startWithRoles';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlAccess } from '../lib/MlAccess';
import { createBatchAction } from './createBatchAction';
import { createDeployAction } from './createDeployAction';
import { createEvaluateAction } from './createEvaluateAction';
import { createModelAction } from './createModelAction';
import { createPromoteAction } from './createPromoteAction';
import { createRegisterAction } from './createRegisterAction';
import { createRollbackAction } from './createRollbackAction';

jest.setTimeout(120_000);

const EXAMPLE = resolvePackagePath(
  '@ml-platform/plugin-scaffolder-backend-module-ml',
  '../../examples/wine-classifier',
);
const STAGING = { environment: 'staging' };
/** What nobody registered, so that who may ask is told so, and nothing more happens. */
const UNREGISTERED = { version: '9.9.9' };

const FREEZE = {
  reason: 'a test',
  environments: ['production'],
  from: '2020-01-01T00:00:00Z',
  to: '2099-01-01T00:00:00Z',
};

type Create = (options: { access: MlAccess }) => {
  handler: (context: never) => Promise<void>;
};
const ACTIONS: [
  name: string,
  create: Create,
  guard: Parameters<typeof expected>[0],
  input: (model: string) => object,
][] = [
  [
    'ml:model:create',
    createModelAction,
    { about: 'platform', permission: 'ml.model.create' },
    () => ({
      name: 'a-new-one',
      description: 'A model that is to come',
      owner: 'group:default/quality-team',
    }),
  ],
  [
    'ml:register',
    createRegisterAction,
    { about: 'model', permission: 'ml.artifact.push' },
    () => ({ directory: 'model' }),
  ],
  [
    'ml:evaluate',
    createEvaluateAction,
    { about: 'model', permission: 'ml.version.register' },
    model => ({ model, ...UNREGISTERED }),
  ],
  [
    'ml:deploy',
    createDeployAction,
    { about: 'model', permission: 'ml.release.staging' },
    model => ({ model, ...UNREGISTERED, ...STAGING }),
  ],
  [
    'ml:promote',
    createPromoteAction,
    { about: 'model', permission: 'ml.release.production' },
    // Whoever may is stopped by the freeze.
    model => ({ model, version: '1.0.0' }),
  ],
  [
    'ml:batch:run',
    createBatchAction,
    { about: 'model', permission: 'ml.prediction.try' },
    // Whoever may is told that this is no number.
    model => ({
      ...{ model, ...STAGING, maxRejected: 'few' },
      ...{ input: 'rows.csv', output: 'out.csv' },
    }),
  ],
  [
    'ml:rollback',
    createRollbackAction,
    { about: 'model', permission: 'ml.release.rollback' },
    model => ({ model, ...STAGING }),
  ],
];

describe('roles, through the actions of templates', () => {
  const databases = testDatabases();
  const folder = temporaryFolder();
  let front: Front;
  let platform: TestPlatform;
  let access: MlAccess;

  beforeAll(async () => {
    front = new Front();
    const baseUrl = await front.start();
    platform = await startWithRoles({
      knex: await databases.init('SQLITE_3'),
      baseUrl,
      releases: { freezes: [FREEZE] },
    });
    front.port = Number(new URL(platform.url).port);
    await addModels(platform);
    const getBaseUrl = async () => `${baseUrl}/api/ml`;
    access = new MlAccess({
      auth: mockServices.auth({ pluginId: 'scaffolder' }),
      discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    });
  });
  afterAll(async () => {
    await platform?.stop();
    front.stop();
  });

  /** A package of a version that the model does not have yet. */
  async function prepare(model: string, team: string): Promise<void> {
    await cp(EXAMPLE, folder.path('workspace/model'), { recursive: true });
    await writeFile(folder.path('workspace/rows.csv'), 'x\n1\n');
    const path = folder.path('workspace/model/model.yaml');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text
        .replace(/^name: .*$/m, `name: ${model}`)
        .replace(/^owner: .*$/m, `owner: group:default/${team}-team`)
        .replace(/^version: .*$/m, 'version: 1.1.0'),
    );
  }

  describe.each(CASES)('%s', who => {
    it.each(
      ACTIONS.flatMap(([name, create, guard, input]) =>
        (guard.about === 'model' ? SCOPES : (['own'] as const)).map(
          scope =>
            [name, scope, expected(guard, who, scope), create, input] as const,
        ),
      ),
    )('%s, %s: %s', async (name, scope, outcome, create, input) => {
      const { team, user } = PEOPLE[who];
      const model = modelFor(who, scope);
      await prepare(model, scope === 'own' ? team : 'health');
      const context = {
        ...createMockActionContext({
          input: input(model) as {},
          workspacePath: folder.path('workspace'),
          task: { id: `${who}-${scope}` },
        }),
        getInitiatorCredentials: async () =>
          mockCredentials.user(`user:default/${user}`),
      };
      const message = await create({ access })
        .handler(context as never)
        .then(
          () => '',
          (error: Error) => error.message,
        );
      const refusal: Outcome = refusalIn(message) ?? 'allowed';
      // A name that is not theirs to push to is refused alike, hidden or not.
      const isPush = name === 'ml:register' && outcome === 'hidden';
      expect([refusal, message]).toEqual([
        isPush ? 'denied' : outcome,
        message,
      ]);
    });
  });
});
