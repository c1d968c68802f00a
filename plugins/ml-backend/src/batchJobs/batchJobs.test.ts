import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorizeResult,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type { BatchJob } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { Doubler } from '../__testUtils__/Doubler';
import { examplePackage } from '../__testUtils__/packages';
import { refusal } from '../__testUtils__/refusal';
import { ScriptedServingTarget } from '../__testUtils__/ScriptedServingTarget';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const databases = testDatabases();
const MODEL = 'wine-classifier';
const ADA = 'user:default/ada';

const ALLOWED: PolicyDecision = { result: AuthorizeResult.ALLOW };
/** Of a team that owns none of the models. */
const OWN_MODELS: PolicyDecision = {
  result: AuthorizeResult.CONDITIONAL,
  pluginId: 'ml',
  resourceType: 'ml-model',
  conditions: {
    rule: 'IS_MODEL_OWNER',
    resourceType: 'ml-model',
    params: { claims: ['group:default/others'] },
  },
};

describe.each(databases.ids)('batch jobs on %s', id => {
  let knex: Knex;
  let directory: string;
  let gateway: Doubler;
  let platform: TestPlatform;
  let maySee: boolean;
  let mayTry: boolean;
  let target: ScriptedServingTarget;

  const start = async () => {
    platform = await TestPlatform.start({
      ...{ knex, directory, target },
      batch: { maxInputSize: '1MiB' },
      permissions: {
        authorizeConditional: async requests =>
          requests.map(({ permission }) => {
            if (!mayTry && permission.name === 'ml.prediction.try') {
              return { result: AuthorizeResult.DENY };
            }
            return maySee ? ALLOWED : OWN_MODELS;
          }),
      },
    });
  };

  beforeEach(async () => {
    knex = await databases.init(id);
    directory = mkdtempSync(join(tmpdir(), 'ml-batch-jobs-'));
    gateway = new Doubler();
    target = new ScriptedServingTarget();
    target.gateway = await gateway.start();
    maySee = true;
    mayTry = true;
    await start();
    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
  });
  afterEach(async () => {
    gateway.stop();
    await platform.stop();
  });

  const jobs = (user = ADA) => platform.as(user).batchJobs;
  const send = (
    input: string,
    request: Parameters<ReturnType<typeof jobs>['create']>[1],
  ) => jobs().create(MODEL, request, new Blob([input]));
  const create = (
    input: string,
    settings: Partial<Parameters<typeof send>[1]> = {},
  ) =>
    send(input, {
      environment: 'production',
      inputFormat: 'csv',
      ...settings,
    });
  const csv = (values: number[]) => `x\n${values.join('\n')}\n`;
  const until = async (
    job: BatchJob,
    done: (now: BatchJob) => boolean,
  ): Promise<BatchJob> => {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const now = await jobs().get(job.id);
      if (done(now)) return now;
      if (Date.now() > deadline) throw new Error(JSON.stringify(now));
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  const ended = (job: BatchJob) =>
    until(job, ({ finishedAt }) => Boolean(finishedAt));
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

  it('predict for every row, set bad ones aside, and give the file to who asked', async () => {
    const created = await create(csv([1, -1, 3]), {
      ...{ maxRejected: '1', outputFormat: 'jsonl' },
    });
    expect(created).toMatchObject({
      ...{ model: MODEL, state: 'queued', requestedBy: ADA, inputBytes: 9 },
    });
    const job = await ended(created);
    expect(job).toMatchObject({
      ...{ state: 'succeeded', version: '1.0.0', rows: 3, rejected: 1 },
      message: '2 of 3 rows were predicted',
    });
    const output = await (await jobs().download(job.id, 'output')).text();
    expect(output).toBe('{"row":1,"twice":2}\n{"row":3,"twice":6}\n');
    const rejected = await (await jobs().download(job.id, 'rejected')).json();
    expect(rejected.row).toBe(2);
    expect((await jobs().list(MODEL)).items).toEqual([job]);

    const { items } = await platform
      .as()
      .audit.list({ resource: `deployment:production/${MODEL}` });
    const recorded = items.filter(({ action }) => action.startsWith('batch.'));
    expect(recorded.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['batch.download', 'succeeded'],
      ['batch.download', 'succeeded'],
      ['batch.run', 'succeeded'],
      ['batch.create', 'succeeded'],
    ]);
  });

  it('are for nobody else, whoever may see the model', async () => {
    const job = await ended(await create(csv([1])));
    const bob = jobs('user:default/bob');
    await expect(bob.download(job.id, 'output')).rejects.toMatchObject(
      refusal(403, `Only ${ADA}`),
    );
    await expect(bob.cancel(job.id)).rejects.toMatchObject(
      refusal(403, `Only ${ADA}`),
    );
    expect((await bob.get(job.id)).state).toBe('succeeded');
    maySee = false;
    await expect(bob.get(job.id)).rejects.toMatchObject(
      refusal(404, `There is no batch job ${job.id}`),
    );
  });

  it('refuse what cannot work, and keep nothing of it', async () => {
    mayTry = false;
    await expect(create('x\n1\n')).rejects.toMatchObject(
      refusal(403, 'ml.prediction.try'),
    );
    mayTry = true;
    await expect(create('')).rejects.toMatchObject(refusal(400, 'empty'));
    await expect(create('x'.repeat(1024 * 1024 + 1))).rejects.toMatchObject(
      refusal(400, 'ml.batch.maxInputSize'),
    );
    await expect(
      create('x\n1\n', { maxRejected: 'few' }),
    ).rejects.toMatchObject(refusal(400, "'few' is neither"));
    await expect(
      create('x\n1\n', { inputFormat: 'xls' as never }),
    ).rejects.toMatchObject(refusal(400, 'inputFormat'));
    const folder = join(directory, 'batch');
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);

    const wrong = await ended(await create('x\n1\n', { columns: ['x=other'] }));
    expect(wrong).toMatchObject({ state: 'failed' });
    expect(wrong.message).toContain('other');
    await expect(jobs().download(wrong.id, 'output')).rejects.toMatchObject(
      refusal(409, 'it is failed'),
    );
  });

  it('end when they are cancelled', async () => {
    gateway.budget = 1;
    const created = await create(csv(numbers(500)));
    await until(created, ({ state }) => state === 'running');
    expect(await jobs().cancel(created.id)).toMatchObject({
      ...{ state: 'cancelled', message: 'It was cancelled' },
    });
    gateway.release();
    // The next one is not held up by it.
    expect(await ended(await create(csv([2])))).toMatchObject({
      state: 'succeeded',
    });
    expect(await jobs().cancel(created.id)).toMatchObject({
      state: 'cancelled',
    });
  });

  it('wait for a gateway that is away', async () => {
    const { gateway: url } = target;
    target.gateway = 'http://127.0.0.1:1';
    const created = await create(csv([4]));
    const waiting = await until(created, ({ message }) => Boolean(message));
    expect(waiting).toMatchObject({
      state: 'running',
      message: expect.stringContaining('Waiting: Cannot reach the gateway'),
    });
    target.gateway = url;
    expect(await ended(created)).toMatchObject({ state: 'succeeded', rows: 1 });
  });

  it('go on where they were when the portal is started again', async () => {
    gateway.budget = 3;
    const created = await create(csv(numbers(500)));
    await until(created, ({ state }) => state === 'running');
    const stopped = platform.stop();
    gateway.release();
    await stopped;
    await start();
    const job = await ended(created);
    expect(job).toMatchObject({
      ...{ state: 'succeeded', rows: 500 },
      message: '500 of 500 rows were predicted',
    });
    const output = await (await jobs().download(job.id, 'output')).text();
    expect(output.trim().split('\n').slice(1)).toEqual(
      numbers(500).map(value => `${value + 1},${2 * value}`),
    );
  });
});
