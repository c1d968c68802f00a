import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MlProcess } from './__testUtils__/MlProcess';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';

jest.setTimeout(60_000);

const PICKLES = resolve(
  __dirname,
  '../../../plugins/ml-common/src/pickle/__fixtures__',
);
const pickle = (name: string) => join(PICKLES, name);
const fixture = (name: string) => join(__dirname, '__fixtures__', name);
const OUTPUT = ['--output', 'predict:INT64:-1,1'];

describe('ml init for MLServer', () => {
  const folder = temporaryFolder();
  let process: MlProcess;
  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterAll(() => process.dispose());

  const init = (source: string, ...args: string[]) =>
    process.run([
      ...['init', source, folder.path('made'), '--owner', 'risk-team'],
      ...args,
    ]);
  const read = (path: string) => readFile(folder.path('made', path), 'utf8');
  const change = async (path: string, from: string | RegExp, to: string) =>
    writeFile(folder.path('made', path), (await read(path)).replace(from, to));
  const validate = async () => {
    const { stdout } = await process.run([
      ...['validate', folder.path('made'), '--json'],
    ]);
    const { issues, pickles } = JSON.parse(stdout).data as {
      issues: { file: string; field: string; line?: number; message: string }[];
      pickles: { path: string; imports: string[] }[];
    };
    return {
      pickles,
      issues: issues.filter(
        ({ message }) => message !== 'is still to be written',
      ),
    };
  };

  it('proposes a package for a pickle of scikit-learn, compressed or not', async () => {
    for (const name of [
      'pipeline.joblib',
      'forest-zlib.joblib',
      'pipeline-4.pkl',
    ]) {
      const made = await init(
        ...[pickle(name), '--python', '3.11', '--force', ...OUTPUT],
      );
      expect(made).toMatchObject({ code: 0 });
      expect(made.stderr).toContain('looked into, not loaded');
      expect(made.stderr).toContain('ml deploy');
      const model = await read('model.yaml');
      expect(model).toContain(
        "mlserver:\n  runtime: sklearn\n  python: '3.11'\n  requirements: requirements.txt\n",
      );
      expect(model).toContain('shape: [-1, 13]');
      expect(model).toContain('scikit-learn: 1.9.1');
      expect(await read('requirements.txt')).toBe('scikit-learn==1.9.1\n');
      const { issues, pickles } = await validate();
      expect(issues).toEqual([]);
      expect(pickles).toMatchObject([{ imports: expect.any(Array) }]);
    }
  });

  it('proposes one for a folder that MLflow wrote, from its signature', async () => {
    expect(await init(fixture('mlflow'))).toMatchObject({ code: 0 });
    const model = await read('model.yaml');
    expect(model).toContain('artifact: model/MLmodel\n');
    expect(model).toContain(
      'runtime: mlflow\n  python: 3.11.7\n  requirements: model/requirements.txt\n',
    );
    expect(model).toContain(
      '- name: malic_acid\n      datatype: FP64\n      shape: [-1, 1]\n',
    );
    expect(model).toContain(
      '- name: output-1\n      datatype: INT64\n      shape: [-1, 1]\n',
    );
    expect(model).toContain('mlflow: 3.17.2\n    scikit-learn: 1.9.1\n');
    expect(await readFile(folder.path('made/model/model.pkl'))).toEqual(
      await readFile(fixture('mlflow/model.pkl')),
    );
    expect((await validate()).issues).toEqual([]);
  });

  it('notes the run of MLflow, and leaves a folder where it is that is inside', async () => {
    await cp(fixture('mlflow-tensors'), folder.path('made/wine'), {
      recursive: true,
    });
    const mlmodel = folder.path('made/wine/MLmodel');
    await writeFile(
      mlmodel,
      `${await readFile(mlmodel, 'utf8')}run_id: 0a1b2c\n`,
    );
    expect(await init(folder.path('made/wine'))).toMatchObject({ code: 0 });
    const model = await read('model.yaml');
    expect(model).toContain('artifact: wine/MLmodel\n');
    expect(model).toContain('run:\n    tracker: mlflow\n    id: 0a1b2c\n');
    expect(model).toContain(
      '- name: input-0\n      datatype: FP64\n      shape: [-1, 13]\n',
    );
    // These requirements are not pinned, which the lines of the file tell.
    expect((await validate()).issues).toMatchObject([
      {
        file: 'wine/requirements.txt',
        line: 1,
        message: "'mlflow' names no exact version",
      },
      { file: 'wine/requirements.txt', line: 2 },
    ]);
  });

  it.each([
    ['xgboost.json', 'xgboost', 'INT64', '[-1, 1]', 'xgboost==3.2.0'],
    ['lightgbm.txt', 'lightgbm', 'FP64', '[-1, 3]', 'lightgbm==4.6.0'],
  ])(
    'proposes one for %s',
    async (name, runtime, datatype, shape, requirement) => {
      const own = folder.path('own.txt');
      await writeFile(own, `${requirement}  # as trained\n`);
      const made = await init(
        fixture(name),
        ...['--python', '3.12', '--requirements', own],
      );
      expect(made).toMatchObject({ code: 0 });
      const model = await read('model.yaml');
      expect(model).toContain(`runtime: ${runtime}\n`);
      expect(model).toContain('shape: [-1, 13]');
      expect(model).toContain(
        `- name: predict\n      datatype: ${datatype}\n      shape: ${shape}\n`,
      );
      expect((await validate()).issues).toEqual([]);
    },
  );

  it.each([
    ['harm-0.pkl', 'os.system'],
    ['harm-4.pkl', 'builtins.eval'],
    ['harm.joblib', 'subprocess.call'],
    ['code.pkl', 'cloudpickle.cloudpickle._make_function'],
  ])('refuses %s, which imports %s', async (name, imported) => {
    const refused = await init(pickle(name), '--python', '3.11', ...OUTPUT);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`imports '${imported}'`);
    expect(refused.stderr).toContain(`--accept-import ${imported}`);
  });

  it('finds harm that comes into a package later, unless somebody accepts it', async () => {
    await init(pickle('pipeline-4.pkl'), '--python', '3.11', ...OUTPUT);
    await copyFile(pickle('harm-4.pkl'), folder.path('made/model.pkl'));
    expect((await validate()).issues).toMatchObject([
      {
        file: 'model.pkl',
        message: expect.stringContaining("imports 'builtins.eval'"),
      },
    ]);
    await change(
      'model.yaml',
      'requirements: requirements.txt\n',
      'requirements: requirements.txt\n  acceptImports: [builtins.eval]\n',
    );
    expect((await validate()).issues).toEqual([]);
  });

  it('names line and remedy of what is wrong in model.yaml and requirements', async () => {
    await init(pickle('pipeline.joblib'), '--python', '3.11', ...OUTPUT);
    await change(
      'requirements.txt',
      'scikit-learn==1.9.1',
      '# see below\nscikit-learn==1.4.0\nnumpy>=2',
    );
    expect((await validate()).issues).toMatchObject([
      {
        file: 'requirements.txt',
        line: 3,
        message: "'numpy>=2' names no exact version",
      },
    ]);
    await change('requirements.txt', '\nnumpy>=2', '');
    expect((await validate()).issues[0].message).toContain(
      'names scikit-learn 1.4.0, but model.joblib was written by 1.9.1',
    );
    await change('model.yaml', "python: '3.11'", 'python: 3.11');
    expect((await validate()).issues).toMatchObject([
      { field: 'mlserver.python', line: 11 },
    ]);
    await change('model.yaml', 'format: mlserver', 'format: onnx');
    await change('model.yaml', 'python: 3.11', "python: '3.11'");
    expect((await validate()).issues).toMatchObject([
      {
        field: 'mlserver',
        line: 9,
        message: "belongs to 'format: mlserver', not to 'onnx'",
      },
    ]);
  });

  it.each([
    ['pipeline.joblib', ['--python', '3.11'], '--output'],
    ['pipeline.joblib', OUTPUT, '--python'],
    ['pipeline.joblib', ['--python', '2', ...OUTPUT], '--python'],
    ['pipeline.joblib', ['--python', '3.11', '--output', 'x'], '--output'],
    [
      'pipeline.joblib',
      ['--python', '3.11', ...OUTPUT, '--requirements', 'nowhere.txt'],
      '--requirements',
    ],
  ])(
    'exits 2 for %s with %j and names the option',
    async (name, args, flag) => {
      const refused = await init(pickle(name), ...args);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain(flag);
    },
  );
});
