import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { formatIssue } from '@ml-platform/plugin-ml-common';
import { temporaryFolder } from '../__testUtils__';
import { modelYaml, writePackage, type PackageChanges } from '../__testUtils__';
import { validatePackage } from './validatePackage';

describe('validatePackage', () => {
  const folder = temporaryFolder();

  async function check(changes: PackageChanges = {}): Promise<string[]> {
    await writePackage(folder.path('package'), changes);
    const { issues } = await validatePackage(folder.path('package'));
    return issues.map(formatIssue);
  }

  it('finds nothing wrong with a valid package', async () => {
    expect(await check()).toEqual([]);
  });

  it.each<[string, PackageChanges, string[]]>([
    [
      'no card',
      { 'card.yaml': undefined },
      ['card.yaml: is missing\n  → write the model card'],
    ],
    [
      'no suite',
      { 'eval/suite.yaml': undefined },
      ['eval/suite.yaml: is missing\n  → write the evaluation suite'],
    ],
    [
      'a suite of another kind',
      { 'eval/suite.yaml': 'apiVersion: ml.internal/v1alpha1\nkind: Suite\n' },
      ['eval/suite.yaml:2 kind: must be EvaluationSuite'],
    ],
    [
      'a file that is no YAML',
      { 'card.yaml': 'a: 1\nb: [1, 2\n' },
      ['card.yaml:3: is not valid YAML'],
    ],
    [
      'a key that is written twice',
      { 'card.yaml': 'a: 1\na: 2\n' },
      ['card.yaml:2: is not valid YAML: Map keys must be unique'],
    ],
    [
      'no artifact',
      { 'model.onnx': undefined },
      ["model.yaml:8 artifact: the file 'model.onnx' is not in the package"],
    ],
    [
      'an artifact that is no ONNX file',
      { 'model.onnx': 'hello' },
      ['model.onnx: cannot be read as ONNX: it is damaged'],
    ],
    [
      'an unknown format',
      { 'model.yaml': modelYaml('format: onnx', 'format: pickle') },
      ['model.yaml:7 format: must be onnx or mlserver or container'],
    ],
    [
      'a format without its block',
      { 'model.yaml': modelYaml('format: onnx', 'format: mlserver') },
      ["model.yaml:7 format: 'mlserver' needs a block 'mlserver:' beside it"],
    ],
    [
      'a version that is none',
      { 'model.yaml': modelYaml('1.0.0', 'v1') },
      ['model.yaml:4 version: must be a semantic version'],
    ],
    [
      'a field of another type, and one too few',
      {
        'model.yaml': modelYaml('description: An example\n', '').replace(
          'samples: [samples/request.json]',
          'samples: yes',
        ),
      },
      [
        'model.yaml:1 description: is missing; it must be a string',
        'model.yaml:8 samples: must be a value of type array, not string',
      ],
    ],
    [
      'a tensor the model does not have',
      { 'model.yaml': modelYaml('name: label', 'name: class') },
      [
        "model.yaml:16 interface.outputs[0].name: the model has no output 'class'; its outputs are 'label' (INT64 [-1]), 'scores'",
      ],
    ],
    [
      'a path out of the package',
      {
        'model.yaml': modelYaml('artifact: model.onnx', 'artifact: ../m.onnx'),
      },
      ['model.yaml:8 artifact: must be a relative path inside the package'],
    ],
    [
      'a sample that does not fit',
      { 'samples/request.json': '{"inputs": []}' },
      ["samples/request.json inputs: the input 'features' (FP32 [-1, 4])"],
    ],
    [
      'a sample that is no JSON',
      { 'samples/request.json': '{' },
      ['samples/request.json: is not JSON'],
    ],
    [
      'a sample that is not there',
      { 'samples/request.json': undefined },
      ["model.yaml:9 samples[0]: the file 'samples/request.json' is not"],
    ],
    [
      'what is still to be written',
      {
        'model.yaml': modelYaml('An example', "'TO BE WRITTEN: what it tells'"),
        'eval/suite.yaml':
          "apiVersion: ml.internal/v1alpha1\nkind: EvaluationSuite\nmetrics:\n  - type: 'TO BE WRITTEN'\n    name: accuracy\n    dataset: holdout\n",
      },
      [
        "model.yaml:5 description: is still to be written\n  → replace the text that begins with 'TO BE WRITTEN' by what it tells",
        "eval/suite.yaml:4 metrics[0].type: is still to be written\n  → replace the text that begins with 'TO BE WRITTEN'",
      ],
    ],
    [
      'a bomb of aliases',
      {
        'card.yaml': `a: &a [1,1,1,1,1,1,1,1,1]\n${[...'bcdefghi']
          .map((key, index) => {
            const before = 'abcdefgh'[index];
            return `${key}: &${key} [${`*${before},`.repeat(9)}]`;
          })
          .join('\n')}\n`,
      },
      ['card.yaml: is not usable YAML: Excessive alias count'],
    ],
  ])('names %s', async (_name, changes, messages) => {
    const issues = await check(changes);
    expect(issues).toEqual(
      messages.map(message => expect.stringContaining(message)),
    );
  });

  it('leaves out what does not belong into a package', async () => {
    const directory = await writePackage(folder.path('package'), {
      '.git/HEAD': 'x',
      '.env': 'SECRET=1',
      '__pycache__/a.pyc': 'x',
      'train.pyc': 'x',
      'notes.txt~': 'x',
      'venv/pyvenv.cfg': 'x',
      'venv/lib/a.py': 'x',
      'built/oci-layout': '{}',
      'built/blobs/sha256/1': 'x',
      'docs/notes.md': 'x',
    });
    const { files, issues } = await validatePackage(directory);
    expect(issues).toEqual([]);
    expect(files.map(file => file.path)).toEqual([
      'card.yaml',
      'docs/notes.md',
      'eval/suite.yaml',
      'model.onnx',
      'model.yaml',
      'samples/request.json',
    ]);
  });

  it('follows a link inside the package, and none out of it', async () => {
    const directory = await writePackage(folder.path('package'));
    await writeFile(folder.path('secret'), 'x');
    await symlink(folder.path('secret'), folder.path('package/link.txt'));
    await symlink('model.onnx', folder.path('package/copy.onnx'));
    await symlink('nowhere', folder.path('package/broken'));
    await mkdir(folder.path('package/folder'));
    await symlink('../eval', folder.path('package/folder/eval'));
    const { files, issues } = await validatePackage(directory);
    expect(files.map(file => file.path)).toContain('copy.onnx');
    expect(
      issues.map(issue => `${issue.file} ${issue.message}`).sort(),
    ).toEqual([
      expect.stringContaining('broken cannot be read'),
      'folder/eval is not a regular file',
      'link.txt is a link to a file outside of the package',
    ]);
  });
});
