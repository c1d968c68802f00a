import { access as exists, cp, readFile, writeFile } from 'node:fs/promises';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { createMockActionContext } from '@backstage/plugin-scaffolder-node-test-utils';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
// The registry as it runs, and not what it might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../ml-backend/src/__testUtils__/databases';
import { Front } from '../../../ml-backend/src/__testUtils__/Front';
import { Doubler } from '../../../ml-backend/src/__testUtils__/Doubler';
import { TestPlatform } from '../../../ml-backend/src/__testUtils__/startPlatform';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlAccess } from '../lib/MlAccess';
import { createBatchAction } from './createBatchAction';
import { createDeployAction } from './createDeployAction';
import { createEvaluateAction } from './createEvaluateAction';
import { createPackageAction } from './createPackageAction';
import { createPromoteAction } from './createPromoteAction';
import { createRegisterAction } from './createRegisterAction';
import { createRollbackAction } from './createRollbackAction';

jest.setTimeout(60_000);

const MODEL = 'wine-classifier';
const MIA = 'user:default/mia';
const EXAMPLE = resolvePackagePath(
  '@ml-platform/plugin-scaffolder-backend-module-ml',
  `../../examples/${MODEL}`,
);
const STAGING = { model: MODEL, environment: 'staging' };

describe('actions for templates', () => {
  const databases = testDatabases();
  const folder = temporaryFolder();
  let front: Front;
  let platform: TestPlatform;
  let access: MlAccess;

  beforeEach(async () => {
    front = new Front();
    const baseUrl = await front.start();
    platform = await TestPlatform.start({
      knex: await databases.init('SQLITE_3'),
      baseUrl,
    });
    front.port = Number(new URL(platform.url).port);
    const getBaseUrl = async () => `${baseUrl}/api/ml`;
    access = new MlAccess({
      auth: mockServices.auth({ pluginId: 'scaffolder' }),
      discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    });
    await cp(EXAMPLE, folder.path('workspace/model'), { recursive: true });
  });
  afterEach(async () => {
    await platform.stop();
    front.stop();
  });

  const mia = () => platform.as(MIA);
  const change = async (file: string, from: string, to: string) => {
    const path = folder.path('workspace/model', file);
    const text = await readFile(path, 'utf8');
    expect(text).toContain(from);
    await writeFile(path, text.replace(from, to));
  };
  /** Runs an action for Mia, and gives what it puts out. */
  async function run(
    action: { handler: (context: never) => Promise<void> },
    input: object,
    options: { task?: string; isDryRun?: boolean } = {},
  ): Promise<Record<string, unknown>> {
    const output: Record<string, unknown> = {};
    const context = {
      ...createMockActionContext({
        input: input as {},
        workspacePath: folder.path('workspace'),
        task: { id: options.task ?? 'task' },
      }),
      isDryRun: options.isDryRun,
      getInitiatorCredentials: async () => mockCredentials.user(MIA),
      output: (name: string, value: unknown) => {
        output[name] = value;
      },
    };
    await action.handler(context as never);
    return output;
  }
  const register = (options = {}, input = {}) =>
    run(
      createRegisterAction({ access }),
      { directory: 'model', ...input },
      options,
    );
  const deploy = (version: string, task: string, options = {}) =>
    run(
      createDeployAction({ access }),
      { ...STAGING, version },
      { task, ...options },
    );
  async function registerBoth() {
    await register();
    await change('model.yaml', 'version: 1.0.0', 'version: 1.1.0');
    await register();
  }

  describe('ml:evaluate', () => {
    it('has the platform evaluate the version, and fails where it misses its suite', async () => {
      const evaluate = (version: string) =>
        run(
          createEvaluateAction({ access }),
          { model: MODEL, version },
          { task: `evaluate-${version}` },
        );
      await register();
      expect(await evaluate('1.0.0')).toMatchObject({
        state: 'passed',
        summary: 'All 8 checks passed',
      });
      await change('model.yaml', 'version: 1.0.0', 'version: 1.1.0');
      await change('eval/suite.yaml', 'min: 0.8 }', 'min: 0.99 }');
      await register();
      await expect(evaluate('1.1.0')).rejects.toThrow(
        /wine-classifier@1\.1\.0 misses its suite.*accuracy is 0\.8472/,
      );
    });
  });

  describe('ml:package', () => {
    it('tells the digest that the version will have, and writes the package', async () => {
      const packaged = await run(createPackageAction(), {
        directory: 'model',
        output: 'package',
      });
      expect(packaged).toMatchObject({ name: MODEL, version: '1.0.0' });
      expect(packaged.sizeBytes).toBeGreaterThan(16_000);
      await exists(folder.path('workspace/package/oci-layout'));
      const { digest } = await register();
      expect(digest).toBe(packaged.digest);
    });

    it('says all that has to be corrected', async () => {
      await change('model.yaml', 'version: 1.0.0', 'version: one');
      await expect(
        run(createPackageAction(), { directory: 'model' }),
      ).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringMatching(/model\.yaml.*version/),
      });
    });

    it('reads nothing outside the workspace', async () => {
      await expect(
        run(createPackageAction(), { directory: '../..' }),
      ).rejects.toThrow(/outside its parent/);
    });
  });

  describe('ml:register', () => {
    it('registers in the name of who started the task', async () => {
      await expect(register()).resolves.toMatchObject({
        name: MODEL,
        version: '1.0.0',
        state: 'registered',
        entityRef: `model:default/${MODEL}`,
      });
      await expect(mia().getVersion(MODEL, '1.0.0')).resolves.toMatchObject({
        createdBy: MIA,
        state: 'registered',
      });
    });

    it('changes nothing with the same content, and refuses another', async () => {
      const first = await register();
      await expect(register({ task: 'other' })).resolves.toEqual(first);
      await change('card.yaml', 'accuracy', 'recall');
      await expect(register()).rejects.toMatchObject({ name: 'ConflictError' });
    });

    it('registers a draft when it is told to', async () => {
      await expect(register({}, { draft: true })).resolves.toMatchObject({
        state: 'draft',
      });
    });

    it('leaves no trace in a dry run', async () => {
      await expect(register({ isDryRun: true })).resolves.toMatchObject({
        version: '1.0.0',
      });
      await expect(mia().listModels()).resolves.toMatchObject({ items: [] });
    });
  });

  describe('ml:deploy', () => {
    it('waits until the version is live, and releases once a task', async () => {
      await register();
      const done = await deploy('1.0.0', 'task-1');
      expect(done).toMatchObject({ version: '1.0.0', state: 'succeeded' });
      // A task that is run on after a restart asks again.
      await expect(deploy('1.0.0', 'task-1')).resolves.toEqual(done);
      await expect(mia().listReleases(MODEL)).resolves.toMatchObject({
        items: [{ id: done.releaseId, requestedBy: MIA }],
      });
    });

    it('fails with the reason of the release', async () => {
      await register();
      platform.target.outcome = { state: 'failed', reason: 'Out of memory' };
      await expect(deploy('1.0.0', 'task-1')).rejects.toThrow(
        /Out of memory.*What was live before still is/,
      );
    });

    it('says what the portal refuses', async () => {
      await register();
      await expect(deploy('9.9.9', 'task-1')).rejects.toThrow(/9\.9\.9/);
    });

    it('releases nothing in a dry run', async () => {
      await register();
      await deploy('1.0.0', 'task-1', { isDryRun: true });
      await expect(mia().listReleases(MODEL)).resolves.toEqual(
        expect.objectContaining({ items: [] }),
      );
    });
  });

  describe('ml:promote', () => {
    const promote = (input: object) =>
      run(
        createPromoteAction({ access }),
        { model: MODEL, wait: true, ...input },
        { task: 'task-9' },
      );

    it('takes what is in staging to production, and nothing else', async () => {
      await registerBoth();
      await platform.attachResult(await mia().getVersion(MODEL, '1.0.0'));
      await deploy('1.0.0', 'task-1');
      await expect(promote({ version: '1.1.0' })).rejects.toThrow(
        /1\.0\.0 is live in staging, not 1\.1\.0/,
      );
      await expect(
        promote({ version: '1.0.0', reason: 'Tried' }),
      ).resolves.toMatchObject({ version: '1.0.0', state: 'succeeded' });
    });

    it('fails when the canary is taken back', async () => {
      await registerBoth();
      await platform.attachResult(await mia().getVersion(MODEL, '1.0.0'));
      await platform.attachResult(await mia().getVersion(MODEL, '1.1.0'));
      await deploy('1.0.0', 'task-1');
      await promote({});
      await deploy('1.1.0', 'task-2');
      platform.target.rollsBackAtOnce = true;
      await expect(
        promote({ version: '1.1.0', reason: 'Next' }),
      ).rejects.toThrow(/rolled back: It is worse/);
    });
  });

  describe('ml:batch:run', () => {
    const doubler = new Doubler();
    const ROWS = 'id,x\na,1\nb,-1\nc,3\n';
    beforeEach(async () => {
      platform.target.gateway = await doubler.start();
      await register();
      await writeFile(folder.path('workspace/rows.csv'), ROWS);
    });
    afterEach(() => doubler.stop());

    const predict = (input = {}, options = {}) =>
      run(
        createBatchAction({ access }),
        {
          ...{ model: MODEL, environment: 'production', keep: ['id'] },
          ...{ input: 'rows.csv', output: 'out/scores.jsonl' },
          ...input,
        },
        { task: 'batch', ...options },
      );

    it('writes the predictions into the workspace, and what was rejected', async () => {
      const done = await predict({ maxRejected: '1' });
      expect(done).toMatchObject({
        ...{ version: '1.0.0', rows: 3, rejected: 1 },
        output: 'out/scores.jsonl',
        rejectedFile: 'out/scores.rejected.jsonl',
      });
      const read = (path: string) =>
        readFile(folder.path('workspace', path), 'utf8');
      expect(await read('out/scores.jsonl')).toBe(
        '{"row":1,"id":"a","twice":2}\n{"row":3,"id":"c","twice":6}\n',
      );
      expect(JSON.parse(await read('out/scores.rejected.jsonl')).row).toBe(2);
      await expect(mia().batchJobs.list(MODEL)).resolves.toMatchObject({
        items: [{ id: done.jobId, requestedBy: MIA }],
      });
    });

    it('fails with the reason of the job', async () => {
      await expect(predict()).rejects.toThrow(/it is failed\. .*rejected/);
    });

    it.each([
      [{ input: 'none.csv' }, /Cannot read none\.csv/],
      [{ output: 'scores.txt' }, /scores\.txt.*must end in \.csv/],
      [{ input: '../../rows.csv' }, /outside its parent/],
    ])('refuses %j', async (input, reason) => {
      await expect(predict(input)).rejects.toThrow(reason);
    });

    it('asks for nothing in a dry run', async () => {
      await predict({}, { isDryRun: true });
      await expect(mia().batchJobs.list(MODEL)).resolves.toEqual({ items: [] });
    });
  });

  describe('ml:rollback', () => {
    const rollBack = () =>
      run(
        createRollbackAction({ access }),
        { ...STAGING, reason: 'Worse' },
        { task: 'task-3' },
      );

    it('goes back to what served well before', async () => {
      await registerBoth();
      await deploy('1.0.0', 'task-1');
      await deploy('1.1.0', 'task-2');
      await expect(rollBack()).resolves.toMatchObject({
        version: '1.0.0',
        state: 'succeeded',
      });
      await expect(mia().getModel(MODEL)).resolves.toMatchObject({
        deployments: [{ environment: 'staging', version: '1.0.0' }],
      });
    });

    it('says that there is nothing to go back to', async () => {
      await register();
      await deploy('1.0.0', 'task-1');
      await expect(rollBack()).rejects.toThrow(/version/);
    });
  });
});
