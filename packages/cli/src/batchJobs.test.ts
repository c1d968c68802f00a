import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
// The platform as it runs, and not what it might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../plugins/ml-backend/src/__testUtils__/databases';
import { Doubler } from '../../../plugins/ml-backend/src/__testUtils__/Doubler';
import { examplePackage } from '../../../plugins/ml-backend/src/__testUtils__/packages';
import { TestPlatform } from '../../../plugins/ml-backend/src/__testUtils__/startPlatform';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const MODEL = 'wine-classifier';
const MIA = 'user:default/mia';

describe('batch jobs by ml', () => {
  const databases = testDatabases();
  const folder = temporaryFolder();
  const gateway = new Doubler();
  let command: MlProcess;
  let platform: TestPlatform;

  beforeAll(async () => {
    command = await MlProcess.build();
    platform = await TestPlatform.start({
      knex: await databases.init('SQLITE_3'),
    });
    platform.target.gateway = await gateway.start();
    await platform.register(MODEL, '1.0.0', examplePackage(MODEL));
  });
  afterAll(async () => {
    gateway.stop();
    await platform.stop();
    await command.dispose();
  });
  beforeEach(() =>
    writeFile(folder.path('rows.csv'), 'id,x\na,1\nb,-1\nc,3\n'),
  );
  afterEach(() => gateway.release());

  const ml = (args: string[], user = MIA) =>
    command.run(args, {
      env: { ML_URL: platform.url, ML_TOKEN: mockCredentials.user.token(user) },
    });
  const run = (...more: string[]) =>
    ml([
      ...['batch', 'run', MODEL, '--env', 'production', '--on-platform'],
      ...['--input', folder.path('rows.csv'), '--keep', 'id'],
      ...['--output', folder.path('out.csv'), ...more],
    ]);
  const jobs = (...args: string[]) => ml(['batch', 'jobs', ...args]);
  const read = (name: string) => readFile(folder.path(name), 'utf8');
  /** Begins a job that the gateway holds up. */
  const begin = async () => {
    gateway.budget = 0;
    const { stdout } = await run('--no-wait', '-o', 'name');
    return stdout.trim();
  };

  it('upload, wait, and leave the predictions beside the input', async () => {
    const result = await run('--max-rejected', '1', '--json');
    expect(result).toMatchObject({ code: 0 });
    expect(result.stderr).toContain(
      '2 rows predicted by wine-classifier@1.0.0, 1 rejected',
    );
    const { data, kind } = JSON.parse(result.stdout);
    expect(kind).toBe('BatchRun');
    expect(data).toMatchObject({ version: '1.0.0', rows: 3, predicted: 2 });
    expect(await read('out.csv')).toBe('row,id,twice\n1,a,2\n3,c,6\n');
    expect(JSON.parse(await read('out.rejected.jsonl')).row).toBe(2);
    const again = await run('--max-rejected', '1');
    expect(again).toMatchObject({ code: 5 });
    expect(again.stderr).toContain('replace it with --restart');
  });

  it('fail with the reason, and say how to see what was rejected', async () => {
    const result = await run();
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/is failed: .*rejected/);
  });

  it('are listed, shown and fetched when they have ended', async () => {
    await writeFile(folder.path('rows.csv'), 'id,x\na,1\nc,3\n');
    const id = await begin();
    const download = (...more: string[]) =>
      jobs('download', id, '--output', folder.path('fetched.csv'), ...more);
    expect(await download()).toMatchObject({ code: 5 });
    const late = await download('--wait', '--timeout', '1s');
    expect(late).toMatchObject({ code: 7 });
    gateway.release();
    expect(await download('--wait')).toMatchObject({ code: 0 });
    expect(await read('fetched.csv')).toBe('row,id,twice\n1,a,2\n2,c,6\n');
    expect(await download()).toMatchObject({ code: 5 });
    const list = await jobs('list', MODEL, '--json');
    expect(JSON.parse(list.stdout).items[0]).toMatchObject({
      ...{ id, state: 'succeeded', requestedBy: MIA },
    });
    const shown = await jobs('show', id);
    expect(shown.stdout).toMatch(/^State +succeeded$/m);
  });

  it('are cancelled by who asked, and by nobody else', async () => {
    const id = await begin();
    const other = await ml(['batch', 'jobs', 'cancel', id], 'user:default/p');
    expect(other).toMatchObject({ code: 4 });
    expect(other.stderr).toContain(`Only ${MIA}`);
    expect(await jobs('cancel', id)).toMatchObject({ code: 0 });
    expect((await jobs('show', id)).stdout).toMatch(/^State +cancelled$/m);
    expect(await jobs('show', 'none')).toMatchObject({ code: 3 });
  });

  it.each([
    [['--gateway', 'http://localhost:1'], '--gateway cannot be used with'],
    [['--rate', '5'], '--rate cannot be used with --on-platform'],
    [['--max-rejected', 'few'], '--max-rejected few is neither'],
  ])('refuse %j', async (options, message) => {
    const result = await run(...options);
    expect(result).toMatchObject({ code: 2 });
    expect(result.stderr).toContain(message);
  });

  it('keep --no-wait for the platform', async () => {
    const result = await ml([
      ...['batch', 'run', MODEL, '--env', 'staging', '--no-wait'],
      ...['--input', resolve(__filename), '--output', 'x.csv'],
    ]);
    expect(result).toMatchObject({ code: 2 });
    expect(result.stderr).toContain('--no-wait is for --on-platform');
  });
});
