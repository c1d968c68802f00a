import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';
import { evaluationReportSchema } from '@ml-platform/plugin-ml-common';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const ROOT = resolve(__dirname, '../../..');
const env = {
  ML_INFERENCE_SERVER: join(
    ROOT,
    'packages/inference-server/bin/ml-inference-server',
  ),
};

describe('ml eval', () => {
  const folder = temporaryFolder();
  let process: MlProcess;
  beforeAll(async () => {
    process = await MlProcess.build();
  });
  beforeEach(() =>
    cp(join(ROOT, 'examples/wine-classifier'), folder.path('wine'), {
      recursive: true,
    }),
  );
  afterAll(() => process.dispose());

  const ml = (...args: string[]) => process.run(args, { env });
  const edit = async (from: string, to: string) => {
    const path = folder.path('wine/eval/suite.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  };

  it('prints the verdict of each check, and writes a report', async () => {
    const out = folder.path('out');
    const result = await ml('eval', folder.path('wine'), '--report', out);
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toMatch(
      /✓ passed +metric: accuracy +0\.8\d+ +≥ 0\.8/,
    );
    const report = JSON.parse(
      await readFile(join(out, 'evaluation.json'), 'utf8'),
    );
    expect(evaluationReportSchema.parse(report).verdict).toBe('passed');
    expect(await readFile(join(out, 'evaluation.html'), 'utf8')).toContain(
      'Confusion matrix',
    );
  });

  it('ends with 6 where the suite is missed, and says by how much', async () => {
    await edit('min: 0.8 }', 'min: 0.99 }');
    const result = await ml('eval', folder.path('wine'), '--no-report');
    expect(result.code).toBe(6);
    expect(result.stdout).toMatch(/✗ failed +metric: accuracy .* 0\.14/);
    expect(result.stderr).toContain('misses its evaluation suite');
  });

  it('ends with 1 where the suite is wrong, and names the line', async () => {
    await edit('type: accuracy', 'type: acuracy');
    const result = await ml('eval', folder.path('wine'), '--no-report');
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('eval/suite.yaml:31 metrics[0].type');
  });

  it.each([
    [['--on-platform'], '--on-platform is for a registered version'],
    [['--sign-key', 'team.key'], 'say --attach as well'],
  ])('refuses %j for a directory', async (options, message) => {
    const result = await ml('eval', folder.path('wine'), ...options);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(message);
  });
});
