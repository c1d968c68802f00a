import type { Card } from '../package/card';
import { compareVersions, onlyDifferences } from './compareVersions';
import type { Version } from './types';

const card: Card = {
  modelParameters: {
    task: 'classification',
    datasets: [{ name: 'wine', classification: 'public' }],
    inputs: [{ format: 'tabular' }],
  },
  quantitativeAnalysis: {
    performanceMetrics: [
      {
        type: 'accuracy',
        value: 0.95,
        confidenceInterval: { lowerBound: 0.9, upperBound: 0.99 },
      },
      { type: 'accuracy', value: 0.91, slice: 'cultivar 1' },
    ],
  },
  considerations: {
    users: ['The cellar'],
    useCases: ['Check a label'],
    technicalLimitations: ['Knows three cultivars', 'Needs all values'],
    ethicalConsiderations: [{ name: 'None known' }],
  },
};

const tensors: Version['interface'] = {
  inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 13] }],
  outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
};

function versionOf(version: string, changes: Partial<Version> = {}): Version {
  return {
    model: 'wine',
    version,
    digest: `sha256:${version}`,
    repository: 'models/wine',
    format: 'onnx',
    description: 'Tells cultivars apart',
    interface: tensors,
    card,
    package: {
      apiVersion: 'ml.internal/v1alpha1',
      kind: 'Package',
      name: 'wine',
      version,
      description: 'Tells cultivars apart',
      owner: 'group:default/cellar',
      format: 'onnx',
      artifact: 'model.onnx',
      interface: tensors,
      lineage: {
        datasets: [{ name: 'wine', uri: 's3://data/2025' }],
        parameters: { trees: 40, bootstrap: true },
        environment: { python: '3.11' },
        code: { commit: '4f2a9c1' },
      },
    },
    files: [
      {
        path: 'model.onnx',
        digest: 'sha256:same',
        size: 2048,
        mediaType: 'application/octet-stream',
      },
    ],
    sizeBytes: 4096,
    state: 'registered',
    aliases: [],
    createdAt: '2026-01-02T03:04:05.000Z',
    createdBy: 'user:default/mia',
    ...changes,
  };
}

const rowsOf = (
  comparison: ReturnType<typeof compareVersions>,
  section: string,
) =>
  comparison.sections
    .find(({ name }) => name === section)
    ?.rows.map(({ name, values }) => [name, ...values]);

describe('compareVersions', () => {
  it('tells everything side by side, and no difference where there is none', () => {
    const same = compareVersions([versionOf('1.0.0'), versionOf('1.1.0')]);
    expect(onlyDifferences(same).sections).toEqual([]);
    expect(same.versions).toEqual([
      { model: 'wine', version: '1.0.0', digest: 'sha256:1.0.0' },
      { model: 'wine', version: '1.1.0', digest: 'sha256:1.1.0' },
    ]);
    expect(same.sections.map(({ name }) => name)).toEqual([
      'about',
      'metrics',
      'parameters',
      'interface',
      'card',
      'data',
      'training',
      'files',
      'size',
    ]);
    const [only] = compareVersions([versionOf('1.0.0')]).sections;
    expect(only.rows[0]).toEqual({
      name: 'state',
      values: ['registered'],
      differs: false,
    });
    expect(rowsOf(same, 'metrics')).toEqual([
      ['accuracy', 0.95, 0.95],
      ['accuracy, interval', '0.9 to 0.99', '0.9 to 0.99'],
      ['accuracy, cultivar 1', 0.91, 0.91],
    ]);
    expect(rowsOf(same, 'card')).toEqual([
      ['task', 'classification', 'classification'],
      ['inputs 1 format', 'tabular', 'tabular'],
      ['users', ['The cellar'], ['The cellar']],
      ['use cases', ['Check a label'], ['Check a label']],
      [
        'technical limitations',
        ['Knows three cultivars', 'Needs all values'],
        ['Knows three cultivars', 'Needs all values'],
      ],
      ['ethical considerations None known', true, true],
    ]);
    expect(rowsOf(same, 'training')).toEqual([
      ['code commit', '4f2a9c1', '4f2a9c1'],
      ['python', '3.11', '3.11'],
    ]);
  });

  it('takes a number written as text as that number, and keeps what is told twice', () => {
    const metrics = (
      ...performanceMetrics: Card['quantitativeAnalysis']['performanceMetrics']
    ) =>
      versionOf('1.1.0', {
        card: { ...card, quantitativeAnalysis: { performanceMetrics } },
      });
    const comparison = onlyDifferences(
      compareVersions([
        metrics({ type: 'accuracy', value: 0.95 }, { type: 'f1', value: 0.9 }),
        metrics(
          { type: 'Accuracy', value: '0.95' },
          { type: 'f1', value: 'n/a' },
        ),
        metrics(
          { type: 'accuracy', value: 0.95 },
          { type: 'accuracy', value: 0.5 },
        ),
      ]),
    );
    expect(rowsOf(comparison, 'metrics')).toEqual([
      ['f1', 0.9, 'n/a', undefined],
      ['accuracy #2', undefined, undefined, 0.5],
    ]);
  });

  it('keeps only what differs, with what each version lacks left open', () => {
    const first = versionOf('1.0.0', { aliases: ['champion'] });
    const second = versionOf('2.0.0', {
      state: 'deprecated',
      deprecation: {
        at: '2026-01-02T00:00:00.000Z',
        by: 'user:default/mia',
        sunset: '2027-03-01T00:00:00.000Z',
        reason: 'Older data',
      },
      interface: {
        inputs: [
          { name: 'features', datatype: 'FP64', shape: [-1, 13], pii: true },
        ],
        outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
      },
      package: {
        ...first.package,
        lineage: {
          datasets: [{ name: 'wine', uri: 's3://data/2026' }],
          parameters: { trees: 80, depth: 4, bootstrap: true },
        },
      },
      files: [
        { ...first.files[0], digest: 'sha256:other', size: 3000 },
        { ...first.files[0], path: 'README.md', size: 10 },
      ],
      sizeBytes: 5000,
    });
    const comparison = onlyDifferences(compareVersions([first, second]));
    expect(rowsOf(comparison, 'about')).toEqual([
      ['state', 'registered', 'deprecated'],
      ['aliases', ['champion'], undefined],
      ['sunset', undefined, '2027-03-01T00:00:00.000Z'],
    ]);
    expect(rowsOf(comparison, 'parameters')).toEqual([
      ['trees', 40, 80],
      ['depth', undefined, 4],
    ]);
    expect(rowsOf(comparison, 'interface')).toEqual([
      ['input features', 'FP32 [-1, 13]', 'FP64 [-1, 13], personal data'],
      [
        'breaks callers of 1.0.0',
        false,
        ["input 'features' changed from FP32 to FP64"],
      ],
    ]);
    expect(rowsOf(comparison, 'data')).toEqual([
      ['wine uri', 's3://data/2025', 's3://data/2026'],
    ]);
    expect(rowsOf(comparison, 'training')).toEqual([
      ['code commit', '4f2a9c1', undefined],
      ['python', '3.11', undefined],
    ]);
    expect(
      comparison.sections.find(({ name }) => name === 'files')?.rows,
    ).toEqual([
      {
        name: 'model.onnx',
        kind: 'digest',
        values: ['sha256:same', 'sha256:other'],
        differs: true,
      },
      {
        name: 'README.md',
        kind: 'digest',
        values: [undefined, 'sha256:same'],
        differs: true,
      },
    ]);
    expect(rowsOf(comparison, 'size')).toEqual([
      ['all files', 4096, 5000],
      ['artifact', 2048, 3000],
      ['number of files', 1, 2],
    ]);
    expect(rowsOf(comparison, 'card')).toBeUndefined();
  });
});
