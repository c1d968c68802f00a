import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { MlProcess, type MlRunOptions } from './__testUtils__/MlProcess';
import { temporaryFolder } from '@ml-platform/packaging/testUtils';

jest.setTimeout(60_000);

const FIXTURES = resolve(
  __dirname,
  '../../../plugins/ml-common/src/onnx/__fixtures__',
);
const fixture = (name: string) => join(FIXTURES, `${name}.onnx`);
const OWNER = ['--owner', 'group:default/risk-team'];
const FILES = [
  '.gitignore',
  'card.yaml',
  'eval/suite.yaml',
  'model.onnx',
  'model.yaml',
  'samples/request.json',
];

describe('ml init', () => {
  const folder = temporaryFolder();
  let process: MlProcess;
  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterAll(() => process.dispose());

  const ml = (args: string[], options?: MlRunOptions) =>
    process.run(args, options);
  const init = (file: string, ...args: string[]) =>
    ml(['init', file, folder.path('made'), ...OWNER, ...args]);
  const read = (path: string) => readFile(folder.path('made', path), 'utf8');
  const issuesOf = async (directory: string) => {
    const { stdout } = await ml(['validate', directory, '--json']);
    return JSON.parse(stdout).data.issues as {
      file: string;
      field: string;
      line: number;
      message: string;
    }[];
  };

  it('makes a package that is valid once its placeholders are filled in', async () => {
    const made = await init(
      fixture('linear'),
      ...['--name', 'fraud', '--title', 'Fraud: a detector', '--tag', 'a'],
      ...['--tag', 'b-c', '--system', 'system:default/risk'],
    );
    expect(made).toMatchObject({ code: 0, stdout: `${FILES.join('\n')}\n` });
    const directory = folder.path('made');
    for (const next of [
      `ml validate ${directory}`,
      `ml register ${directory}`,
      'ml deploy fraud@0.1.0 --env staging',
    ]) {
      expect(made.stderr).toContain(next);
    }

    const issues = await issuesOf(directory);
    expect(made.stderr).toContain(`fill in ${issues.length} places`);
    for (const { file, line, message } of issues) {
      expect(message).toBe('is still to be written');
      const text = (await read(file)).split('\n')[line - 1];
      expect(text).toContain('TO BE WRITTEN');
    }
    const model = await read('model.yaml');
    expect(model).toContain("title: 'Fraud: a detector'");
    expect(model).toContain('tags: [a, b-c]');
    expect(model).toContain('shape: [-1, 4]');
    expect(JSON.parse(await read('samples/request.json'))).toEqual({
      inputs: [
        {
          name: 'features',
          datatype: 'FP32',
          shape: [1, 4],
          data: [0, 0, 0, 0],
        },
      ],
    });

    for (const file of ['model.yaml', 'card.yaml', 'eval/suite.yaml']) {
      const text = await read(file);
      await writeFile(
        folder.path('made', file),
        text
          .replace(/type: 'TO BE WRITTEN.*'/, 'type: accuracy')
          .replace(/min: 'TO BE WRITTEN.*'/, 'min: 0.8')
          .replace(/'TO BE WRITTEN.*'/g, 'Something true'),
      );
    }
    expect(await issuesOf(directory)).toEqual([]);
  });

  it('takes its name from the file, made fit', async () => {
    const file = folder.path('Détecteur (v2).onnx');
    await copyFile(fixture('datatypes'), file);
    const made = await ml(['init', file, ...OWNER, '--json']);
    const { data } = JSON.parse(made.stdout);
    expect(data).toMatchObject({
      name: 'detecteur-v2',
      version: '0.1.0',
      directory: 'detecteur-v2',
      files: FILES,
    });
    // This model leaves the shapes of its outputs open; nothing else is wrong.
    const messages = data.issues.map(
      ({ message }: { message: string }) => message,
    );
    expect([...new Set(messages)]).toEqual(['is still to be written']);
  });

  it('writes the same for the same file', async () => {
    const contents = [];
    for (const name of ['one', 'two']) {
      const directory = folder.path(name);
      await ml(['init', fixture('linear'), directory, ...OWNER]);
      contents.push(
        await Promise.all(
          FILES.map(file => readFile(join(directory, file), 'utf8')),
        ),
      );
    }
    expect(contents[1]).toEqual(contents[0]);
  });

  it('replaces nothing, unless told to', async () => {
    await mkdir(folder.path('made'));
    await writeFile(folder.path('made/card.yaml'), 'mine');
    await writeFile(folder.path('made/.gitignore'), 'mine');
    await symlink('nowhere', folder.path('made/eval'));
    const before = await readdir(folder.path('made'));
    const refused = await init(fixture('linear'));
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toContain('has card.yaml already');
    expect(refused.stderr).toContain('--force');

    // A dead link stands where a folder must be: what was placed before is taken back.
    const failed = await init(fixture('linear'), '--force');
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(await readdir(folder.path('made'))).toEqual(before);
    expect(await read('card.yaml')).toBe('mine');

    await unlink(folder.path('made/eval'));
    await mkdir(folder.path('made/model.yaml'));
    const folderThere = await init(fixture('linear'), '--force');
    expect(folderThere.stderr).toContain('model.yaml is a directory there');
    expect(await read('card.yaml')).toBe('mine');

    await rmdir(folder.path('made/model.yaml'));
    expect((await init(fixture('linear'), '--force')).code).toBe(0);
    expect(await read('card.yaml')).toContain('TO BE WRITTEN');
    expect(await read('.gitignore')).toBe('mine');
    expect(await readdir(folder.path('.'))).toEqual(['made']);
  });

  it('leaves a model where it is that is in the directory already', async () => {
    await mkdir(folder.path('made/out'), { recursive: true });
    await copyFile(fixture('linear'), folder.path('made/out/best.onnx'));
    const made = await init(folder.path('made/out/best.onnx'));
    expect(made.code).toBe(0);
    expect(await read('model.yaml')).toContain('artifact: out/best.onnx');
    expect(existsSync(folder.path('made/model.onnx'))).toBe(false);
    const messages = (await issuesOf(folder.path('made'))).map(
      issue => issue.message,
    );
    expect([...new Set(messages)]).toEqual(['is still to be written']);
  });

  it('notes the commit of a clean checkout, and an address without secrets', async () => {
    const git = (...args: string[]) =>
      promisify(execFile)('git', args, { cwd: folder.path('.') });
    await git('init', '-q');
    await git('config', 'user.email', 'mia@example.com');
    await git('config', 'user.name', 'Mia');
    await writeFile(folder.path('train.py'), 'print()');
    await git('add', '.');
    await git('commit', '-qm', 'Train');
    await git('remote', 'add', 'origin', 'https://mia:secret@git.example/wine');
    const { stdout } = await git('rev-parse', 'HEAD');
    await init(fixture('linear'));
    const clean = await read('model.yaml');
    expect(clean).toContain(
      `code:\n    repository: https://git.example/wine\n    commit: ${stdout.trim()}\n`,
    );
    await writeFile(folder.path('train.py'), 'print(1)');
    const made = await init(fixture('linear'), '--force');
    expect(made.stderr).toContain('uncommitted changes');
    const dirty = await read('model.yaml');
    expect(dirty).toContain('repository: https://git.example/wine');
    expect(dirty).not.toContain('commit:');
  });

  it.each([
    ['zipmap', '"zipmap": False'],
    ['external', 'save_as_external_data=False'],
  ])('refuses %s.onnx with its remedy', async (name, remedy) => {
    const refused = await init(fixture(name));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(remedy);
    expect(await readdir(folder.path('.'))).toEqual([]);
  });

  it('refuses what is no model, and says what to do', async () => {
    const damaged = folder.path('damaged.onnx');
    await writeFile(damaged, 'hello');
    const pickle = folder.path('model.pkl');
    await writeFile(pickle, 'hello');
    const weights = folder.path('model.safetensors');
    await writeFile(weights, 'x');
    await mkdir(folder.path('run'));
    await writeFile(folder.path('run/MLmodel'), 'a: [');
    const sayings: [string, string][] = [
      [damaged, 'cannot be read as ONNX'],
      [pickle, 'cannot be looked into as a pickle'],
      [weights, 'A file of weights (model.safetensors) cannot be packaged'],
      [folder.path('run'), 'cannot be read as a file of MLflow'],
      [folder.path('.'), 'is a directory without a file MLmodel'],
      [folder.path('nowhere'), 'There is no file'],
      ['http://localhost:1/v2/models/x', 'Nothing says what starts the server'],
    ];
    for (const [file, message] of sayings) {
      const refused = await init(file);
      expect(refused).toMatchObject({ stdout: '' });
      expect([1, 2]).toContain(refused.code);
      expect(refused.stderr).toContain(message);
    }
    expect(existsSync(folder.path('made'))).toBe(false);
  });

  it.each([
    [[], '--owner'],
    [['--no-input'], '--owner'],
    [['--owner', 'a b'], '--owner'],
    [[...OWNER, '--version', 'v1'], '--version: must be a semantic version'],
    [[...OWNER, '--name', 'Big'], '--name: must be lower-case'],
    [[...OWNER, '--tag', 'No good'], '--tag: must be lower-case'],
  ])('exits 2 for %j and names the option', async (args, message) => {
    const made = folder.path('made');
    const refused = await ml(['init', fixture('linear'), made, ...args]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
    expect(existsSync(made)).toBe(false);
  });

  it('leaves `ml --version` to be the version of ml', async () => {
    const long = await ml(['--version']);
    expect(long).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d/),
    });
    expect((await ml(['-V'])).stdout).toBe(long.stdout);
  });
});
