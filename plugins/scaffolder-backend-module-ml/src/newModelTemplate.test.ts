import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validatePackage } from '@ml-platform/packaging';
import { parse } from 'yaml';
import { TemplateBackend } from './__testUtils__/TemplateBackend';

jest.setTimeout(60_000);

const run = promisify(execFile);
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

describe('the template new-model', () => {
  let backend: TemplateBackend;

  beforeAll(async () => {
    backend = await TemplateBackend.start({ template: 'new-model', user: MIA });
  });
  afterAll(() => backend.stop());

  const clone = async (name: string) => {
    const target = join(backend.folder, `clone-of-${name}`);
    await run('git', [
      'clone',
      '--quiet',
      `file://${backend.folder}/repositories/${name}.git`,
      target,
    ]);
    return target;
  };
  it.each([
    ['classification', 'churn-predictor'],
    ['regression', 'sales-forecast'],
  ])(
    'makes a repository for %s that can be cloned, and the model',
    async (task, name) => {
      const done = await backend.run({ ...VALUES, name, task });
      expect(`${done.status}\n${done.log}`).toMatch(/^completed/);
      expect(done.output.text![0].content).toContain(`${name}.git`);
      await expect(backend.client.getModel(name)).resolves.toMatchObject({
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
    await backend.client.createModel({
      name: 'taken',
      description: 'Somebody was faster',
      owner: 'group:default/health-team',
    });
    const { status, log } = await backend.run({ ...VALUES, name: 'taken' });
    expect(status).toBe('failed');
    expect(log).toContain("there is a model 'taken' already");
    await expect(clone('taken')).rejects.toThrow();
  });
});
