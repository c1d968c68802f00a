import type { LineageGraph } from '@ml-platform/plugin-ml-common';
import { MlProcess } from './__testUtils__/MlProcess';
import { TestPlatform } from './__testUtils__/TestPlatform';

jest.setTimeout(60_000);

const GRAPH: LineageGraph = {
  root: 'version:wine@1.1.0',
  direction: 'both',
  depth: 5,
  truncated: false,
  nodes: [
    {
      id: 'version:wine@1.1.0',
      kind: 'version',
      model: 'wine',
      version: '1.1.0',
      state: 'registered',
    },
    {
      id: 'version:wine@1.0.0',
      kind: 'version',
      model: 'wine',
      version: '1.0.0',
      state: 'deprecated',
    },
    {
      id: 'version:late@1.0.0',
      kind: 'version',
      model: 'late',
      version: '1.0.0',
      state: 'registered',
    },
    { id: 'hidden:3', kind: 'hidden' },
    {
      id: 'dataset:one',
      kind: 'dataset',
      name: 'wine',
      uri: 's3://data/wine.csv',
      digest: `sha256:${'a'.repeat(64)}`,
    },
    {
      id: 'code:one',
      kind: 'code',
      repository: 'https://git.example/wine',
      commit: '4f2a9c1',
      path: 'train.py',
    },
    {
      id: 'environment:one',
      kind: 'environment',
      versions: { python: '3.11' },
      lockFile: { path: 'requirements.txt', digest: 'sha256:x' },
    },
    {
      id: 'deployment:production/wine',
      kind: 'deployment',
      model: 'wine',
      environment: 'production',
      since: '2026-01-02T03:04:05.000Z',
    },
  ],
  edges: [
    {
      from: 'version:wine@1.1.0',
      to: 'version:wine@1.0.0',
      relation: 'retrained',
    },
    { from: 'version:wine@1.1.0', to: 'hidden:3', relation: 'distilled' },
    {
      from: 'version:late@1.0.0',
      to: 'version:wine@1.1.0',
      relation: 'fine-tuned',
    },
    { from: 'version:wine@1.1.0', to: 'dataset:one', relation: 'training' },
    { from: 'version:wine@1.0.0', to: 'dataset:one', relation: 'test' },
    { from: 'version:wine@1.1.0', to: 'code:one', relation: 'code' },
    {
      from: 'version:wine@1.1.0',
      to: 'environment:one',
      relation: 'environment',
    },
    {
      from: 'deployment:production/wine',
      to: 'version:wine@1.1.0',
      relation: 'serves',
    },
  ],
};

describe('ml lineage', () => {
  let ml: MlProcess;
  let platform: TestPlatform;

  beforeAll(async () => {
    ml = await MlProcess.build();
  });
  afterAll(() => ml.dispose());
  beforeEach(async () => {
    platform = await TestPlatform.start();
    platform.lineage = GRAPH;
    platform.addVersion({ model: 'wine', version: '1.1.0' });
  });
  afterEach(() => platform.stop());

  const lineage = (...args: string[]) =>
    ml.run(['lineage', ...args], {
      env: { ML_URL: platform.url, ML_TOKEN: platform.token },
    });

  it('draws what a version was made from', async () => {
    const { code, stdout } = await lineage('wine@1.1.0');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'wine@1.1.0',
      '├─ live in production since 2026-01-02T03:04:05.000Z',
      '├─ training data wine  s3://data/wine.csv  sha256:aaaaaaaaaaaa',
      '├─ code https://git.example/wine  @ 4f2a9c1  train.py',
      '├─ environment python 3.11  requirements.txt',
      '├─ retrained from wine@1.0.0 (deprecated)',
      '│  └─ test data wine  s3://data/wine.csv  sha256:aaaaaaaaaaaa',
      '└─ distilled from a version that is not registered, or that you may not see',
    ]);
  });

  it('draws what became of it', async () => {
    const { stdout } = await lineage('wine@1.1.0', '--downstream');
    expect(stdout.trimEnd().split('\n')).toEqual([
      'wine@1.1.0',
      '├─ live in production since 2026-01-02T03:04:05.000Z',
      '└─ fine-tuned into late@1.0.0',
    ]);
  });

  it('prints JSON, and says when there is more', async () => {
    platform.lineage = { ...GRAPH, truncated: true, truncatedBy: 'depth' };
    const { stdout, stderr } = await lineage(
      ...['wine@1.1.0', '--depth', '1', '-o', 'json'],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'Lineage',
      data: { root: 'version:wine@1.1.0', truncated: true },
    });
    expect(stderr).toContain('further away than --depth 1');
  });

  it('lists the versions that were made with a dataset', async () => {
    platform.datasetUses = [
      {
        model: 'wine',
        version: '1.1.0',
        state: 'registered',
        role: 'training',
        dataset: { name: 'wine' },
        createdAt: '2026-01-02T03:04:05.000Z',
      },
    ];
    const { stdout } = await lineage('--dataset', 's3://data/wine.csv');
    expect(stdout).toMatch(/^wine@1\.1\.0 +registered +training +wine/m);
    const none = await lineage('--dataset', 's3://data/none.csv');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toContain('No version that you may see');
  });

  it.each([
    [[], 'Name either a version or'],
    [['wine@1.1.0', '--dataset', 'x'], 'Name either a version or'],
    [['wine@1.1.0', '--depth', '21'], 'from 0 to 20'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await lineage(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('takes the latest version of a model', async () => {
    const { code, stderr } = await lineage('wine');
    expect(code).toBe(0);
    expect(stderr).toContain('The latest version is wine@1.0.0');
  });
});
