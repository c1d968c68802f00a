import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Lineage, LineageGraph } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { testDatabases } from '../__testUtils__/databases';
import { lineagePackage } from '../__testUtils__/lineagePackage';
import { refusal } from '../__testUtils__/refusal';
import { TestPlatform } from '../__testUtils__/startPlatform';

jest.setTimeout(120_000);

const databases = testDatabases();
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

/** Hides the models of a team. */
const hiding = (team: string) => ({
  authorizeConditional: async (requests: unknown[]) =>
    requests.map(() => ({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'ml',
      resourceType: 'ml-model',
      conditions: {
        not: {
          rule: 'IS_MODEL_OWNER',
          resourceType: 'ml-model',
          params: { claims: [`group:default/${team}`] },
        },
      },
    })),
});

const idsOf = (graph: LineageGraph) => graph.nodes.map(({ id }) => id).sort();
const versionsOf = (graph: LineageGraph) =>
  graph.nodes
    .flatMap(node =>
      node.kind === 'version' ? [`${node.model}@${node.version}`] : [],
    )
    .sort();
const arrows = (graph: LineageGraph) =>
  graph.edges.map(({ from, relation, to }) => `${from} ${relation} ${to}`);

describe.each(databases.ids)('lineage on %s', databaseId => {
  let knex: Knex;
  let platform: TestPlatform;

  beforeEach(async () => {
    knex = await databases.init(databaseId);
    platform = await TestPlatform.start({ knex });
  });
  afterEach(() => platform.stop());

  const register = (
    ref: string,
    lineage: Lineage,
    options: { owner?: string } = {},
  ) => {
    const [model, version] = ref.split('@');
    return platform.register(
      model,
      version,
      lineagePackage({ model, version, lineage, ...options }),
    );
  };
  const from = (...refs: string[]): Pick<Lineage, 'parents'> => ({
    parents: refs.map(ref => {
      const [model, version] = ref.split('@');
      return { model, version, relation: 'fine-tuned' };
    }),
  });
  const lineageOf = (
    ref: string,
    query?: Parameters<ReturnType<TestPlatform['as']>['lineage']['get']>[2],
  ) => {
    const [model, version] = ref.split('@');
    return platform.as().lineage.get(model, version, query);
  };
  const deploy = async (ref: string) => {
    const [model, version] = ref.split('@');
    await platform.finished(
      await platform
        .as()
        .createRelease(model, { environment: 'production', version }),
    );
  };

  it('goes from a production deployment back to data, code, run, environment and parent', async () => {
    const base = await register('base@1.0.0', {
      datasets: [{ name: 'corpus', uri: 's3://data/corpus.csv' }],
    });
    await register('wine@1.0.0', {
      datasets: [
        {
          name: 'wine',
          uri: 's3://data/wine.csv',
          digest: DIGEST,
          version: '2026-01',
        },
        { name: 'held back', digest: OTHER, role: 'test' },
      ],
      code: {
        repository: 'https://git.example/wine',
        commit: '4f2a9c1',
        path: 'train.py',
        command: 'python train.py',
      },
      parameters: { trees: 40, bootstrap: true },
      environment: { python: '3.11' },
      lockFile: { path: 'requirements.txt', digest: OTHER },
      baseImage: 'docker.io/library/python:3.11',
      run: { tracker: 'mlflow', id: '8d2c' },
      parents: [
        {
          model: 'base',
          version: '1.0.0',
          relation: 'fine-tuned',
          digest: base.digest,
        },
      ],
    });
    await deploy('wine@1.0.0');

    const graph = await lineageOf('wine@1.0.0');
    expect(graph).toMatchObject({
      root: 'version:wine@1.0.0',
      direction: 'both',
      depth: 5,
      truncated: false,
    });
    const ofKind = (kind: string) =>
      graph.nodes.filter(node => node.kind === kind);
    expect(ofKind('deployment')).toEqual([
      expect.objectContaining({
        model: 'wine',
        environment: 'production',
        by: 'user:default/mock',
      }),
    ]);
    expect(ofKind('version')).toEqual([
      expect.objectContaining({
        version: '1.0.0',
        state: 'registered',
        parameters: { trees: 40, bootstrap: true },
      }),
      expect.objectContaining({ model: 'base', digest: base.digest }),
    ]);
    expect(ofKind('code')).toEqual([
      expect.objectContaining({
        commit: '4f2a9c1',
        command: 'python train.py',
      }),
    ]);
    expect(ofKind('run')).toEqual([
      expect.objectContaining({ tracker: 'mlflow', run: '8d2c' }),
    ]);
    expect(ofKind('environment')).toEqual([
      expect.objectContaining({
        versions: { python: '3.11' },
        lockFile: { path: 'requirements.txt', digest: OTHER },
        baseImage: 'docker.io/library/python:3.11',
      }),
    ]);
    expect(arrows(graph)).toEqual(
      expect.arrayContaining([
        'deployment:production/wine serves version:wine@1.0.0',
        `version:wine@1.0.0 training dataset:${DIGEST}`,
        `version:wine@1.0.0 test dataset:${OTHER}`,
        'version:wine@1.0.0 fine-tuned version:base@1.0.0',
        expect.stringMatching(/^version:base@1.0.0 training dataset:uri:/),
      ]),
    );

    const upstream = await lineageOf('wine@1.0.0', { direction: 'upstream' });
    expect(upstream.nodes.map(({ kind }) => kind)).not.toContain('deployment');
    const downstream = await lineageOf('base@1.0.0', {
      direction: 'downstream',
    });
    expect(idsOf(downstream)).toEqual([
      'deployment:production/wine',
      'version:base@1.0.0',
      'version:wine@1.0.0',
    ]);
  });

  it('goes as deep as asked for, says when there is more, and survives circles', async () => {
    await register('chain@1.0.0', from('chain@8.0.0'));
    for (let major = 2; major <= 8; major++) {
      await register(`chain@${major}.0.0`, from(`chain@${major - 1}.0.0`));
    }
    const near = await lineageOf('chain@5.0.0', {
      direction: 'upstream',
      depth: 2,
    });
    expect(versionsOf(near)).toEqual([
      'chain@3.0.0',
      'chain@4.0.0',
      'chain@5.0.0',
    ]);
    expect(near).toMatchObject({ truncated: true, truncatedBy: 'depth' });
    const after = await lineageOf('chain@5.0.0', {
      direction: 'downstream',
      depth: 1,
    });
    expect(versionsOf(after)).toEqual(['chain@5.0.0', 'chain@6.0.0']);
    expect(after.truncatedBy).toBe('depth');
    const all = await lineageOf('chain@5.0.0', { depth: 20 });
    expect(versionsOf(all)).toHaveLength(8);
    expect(all.truncated).toBe(false);
    await expect(lineageOf('chain@5.0.0', { depth: 21 })).rejects.toMatchObject(
      refusal(400, 'depth'),
    );
  });

  it('holds so many versions in one answer, and says so', async () => {
    await register('base@1.0.0', {});
    const row = await knex('ml_versions').first();
    for (let start = 0; start < 250; start += 50) {
      const children = Array.from({ length: 50 }, (_, at) => ({
        ...row,
        model: 'base',
        version: `2.0.${start + at}`,
        sort_key: `x${String(start + at).padStart(4, '0')}`,
      }));
      await knex('ml_versions').insert(children);
      await knex('ml_lineage_edges').insert(
        children.map(child => ({
          source: `version:base@${child.version}`,
          position: 0,
          model: 'base',
          version: child.version,
          sort_key: child.sort_key,
          kind: 'parent',
          target: 'version:base@1.0.0',
          details: '{"relation":"retrained"}',
        })),
      );
    }
    const graph = await lineageOf('base@1.0.0');
    expect(graph.nodes).toHaveLength(200);
    expect(graph).toMatchObject({ truncated: true, truncatedBy: 'size' });
  });

  it('tells nothing of models that the caller may not see, nor of what lies behind them', async () => {
    await register('root@1.0.0', {
      datasets: [{ name: 'open', digest: DIGEST }],
    });
    await register(
      'secret@1.0.0',
      {
        ...from('root@1.0.0'),
        datasets: [{ name: 'secret data', digest: DIGEST }],
      },
      { owner: 'secret-team' },
    );
    await register('child@1.0.0', from('secret@1.0.0'));
    await deploy('secret@1.0.0');
    const { directory } = platform;
    await platform.stop();
    platform = await TestPlatform.start({
      knex,
      directory,
      permissions: hiding('secret-team') as never,
    });

    const up = await lineageOf('child@1.0.0');
    expect(up.nodes).toEqual([
      expect.objectContaining({ model: 'child' }),
      { id: expect.stringMatching(/^hidden:\d+$/), kind: 'hidden' },
    ]);
    const down = await lineageOf('root@1.0.0');
    expect(versionsOf(down)).toEqual(['root@1.0.0']);
    expect(down.nodes.map(({ kind }) => kind).sort()).toEqual([
      'dataset',
      'hidden',
      'version',
    ]);
    expect(JSON.stringify([up, down])).not.toMatch(/secret/);
    expect(down.truncated).toBe(false);
    // One that is not registered looks the same to who may not see everything.
    const uses = await platform.as().lineage.listDatasetUses(DIGEST);
    expect(uses.items.map(({ model }) => model)).toEqual(['root']);
    await expect(lineageOf('secret@1.0.0')).rejects.toMatchObject(
      refusal(404, "There is no model 'secret'"),
    );
  });

  it('lists the versions made with a dataset, by its digest or its URI, page by page', async () => {
    const uri = 's3://data/wine 2026/part?1.csv';
    for (const ref of [
      'wine@1.0.0',
      'wine@1.2.0',
      'wine@1.10.0',
      'ale@2.0.0',
    ]) {
      await register(ref, {
        datasets: [{ name: 'wine', uri, digest: DIGEST, role: 'validation' }],
      });
    }
    await register('cider@1.0.0', { datasets: [{ name: 'wine', uri }] });
    const client = platform.as().lineage;
    const refs = (items: { model: string; version: string }[]) =>
      items.map(({ model, version }) => `${model}@${version}`);
    const first = await client.listDatasetUses(DIGEST, { limit: 3 });
    expect(refs(first.items)).toEqual([
      'ale@2.0.0',
      'wine@1.10.0',
      'wine@1.2.0',
    ]);
    const second = await client.listDatasetUses(DIGEST, {
      limit: 3,
      cursor: first.nextCursor,
    });
    expect(refs(second.items)).toEqual(['wine@1.0.0']);
    expect(second.nextCursor).toBeUndefined();
    const byUri = await client.listDatasetUses(uri);
    expect(refs(byUri.items)).toEqual([
      'ale@2.0.0',
      'cider@1.0.0',
      'wine@1.10.0',
      'wine@1.2.0',
      'wine@1.0.0',
    ]);
    expect(byUri.items[0]).toMatchObject({
      role: 'validation',
      state: 'registered',
      dataset: { name: 'wine', uri, digest: DIGEST },
    });
    expect(await client.listDatasetUses('s3://data/nothing')).toEqual({
      items: [],
    });
    await expect(
      client.listDatasetUses(DIGEST, { cursor: 'Zm9v' }),
    ).rejects.toMatchObject(refusal(400, 'cursor'));
  });

  it('shows a parent that is not registered, and refuses one that is another', async () => {
    await register('child@1.0.0', from('child@0.9.0'));
    const graph = await lineageOf('child@1.0.0');
    expect(graph.nodes).toContainEqual(
      expect.objectContaining({ version: '0.9.0', state: 'missing' }),
    );
    await expect(
      register('child@1.1.0', from('child@1.1.0')),
    ).rejects.toMatchObject(refusal(400, 'its own parent'));
    await expect(
      register('child@1.1.0', {
        parents: [
          {
            model: 'child',
            version: '1.0.0',
            relation: 'retrained',
            digest: DIGEST,
          },
        ],
      }),
    ).rejects.toMatchObject(refusal(400, 'lineage.parents.0.digest'));
  });

  it('is there for versions that were registered before it was kept', async () => {
    await register('wine@1.0.0', {
      datasets: [
        { name: 'wine', uri: 's3://data/wine.csv', digest: DIGEST },
        { name: 'notes', uri: 'notes.csv' },
        { name: 'told' },
      ],
      code: { commit: '4f2a9c1', path: 'train.py' },
      environment: { python: '3.11' },
      run: { tracker: 'mlflow', id: '8d2c' },
    });
    const before = await knex('ml_lineage_edges').orderBy('position');
    expect(before).toHaveLength(6);
    await knex('ml_lineage_edges').delete();
    await platform.stop();
    const migration = jest.requireActual(
      '../../migrations/20261104000200_lineage.js',
    );
    await migration.down(knex);
    await migration.up(knex);
    expect(await knex('ml_lineage_edges').orderBy('position')).toEqual(before);
    platform = await TestPlatform.start({ knex });
  });
});
