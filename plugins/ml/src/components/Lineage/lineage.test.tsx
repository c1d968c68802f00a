import type { DatasetUse, LineageGraph } from '@ml-platform/plugin-ml-common';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { aModel } from '../../__testUtils__/fixtures';
import {
  broken,
  forbidden,
  lineageMock,
  mlApiMock,
  pending,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { LineageTab } from '.';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ROOT = 'version:wine-classifier@1.1.0';

function aGraph(partial: Partial<LineageGraph> = {}): LineageGraph {
  return {
    root: ROOT,
    direction: 'both',
    depth: 5,
    truncated: false,
    nodes: [
      {
        id: ROOT,
        kind: 'version',
        model: 'wine-classifier',
        version: '1.1.0',
        state: 'registered',
        digest: DIGEST,
        parameters: { trees: 40 },
      },
      {
        id: 'version:wine-classifier@1.0.0',
        kind: 'version',
        model: 'wine-classifier',
        version: '1.0.0',
        state: 'deprecated',
      },
      {
        id: 'deployment:production/wine-classifier',
        kind: 'deployment',
        model: 'wine-classifier',
        environment: 'production',
        by: 'user:default/mei',
      },
      {
        id: 'dataset:wine',
        kind: 'dataset',
        name: 'wine',
        uri: 'https://data.example/wine.csv',
        digest: DIGEST,
      },
      {
        id: 'code:one',
        kind: 'code',
        repository: 'https://git.example/wine.git',
        commit: '4f2a9c1',
        path: 'train.py',
      },
      { id: 'hidden:4', kind: 'hidden' },
    ],
    edges: [
      {
        from: 'deployment:production/wine-classifier',
        to: ROOT,
        relation: 'serves',
      },
      { from: ROOT, to: 'dataset:wine', relation: 'training' },
      { from: ROOT, to: 'code:one', relation: 'code' },
      {
        from: ROOT,
        to: 'version:wine-classifier@1.0.0',
        relation: 'retrained',
      },
      { from: ROOT, to: 'hidden:4', relation: 'distilled' },
    ],
    ...partial,
  };
}

const USE: DatasetUse = {
  model: 'diabetes-risk',
  version: '2.0.0',
  state: 'registered',
  role: 'test',
  dataset: { name: 'wine' },
  createdAt: '2026-11-20T12:00:00Z',
};

const render = (
  options: {
    graph?: Partial<LineageGraph>;
    get?: () => Promise<LineageGraph>;
    path?: string;
  } = {},
) => {
  const get = jest.fn(options.get ?? (async () => aGraph(options.graph)));
  renderWithMl(<LineageTab />, {
    path: options.path,
    api: mlApiMock({
      lineage: lineageMock({
        get,
        listDatasetUses: async () => ({ items: [USE] }),
      }),
    }),
  });
  return { get };
};

describe('lineage', () => {
  it('draws the way from the production deployment back to the data', async () => {
    const { get } = render();
    const graph = await screen.findByRole('region', {
      name: 'Graph of the lineage',
    });
    expect(get).toHaveBeenCalledWith('wine-classifier', '1.1.0');
    expect(
      within(graph)
        .getAllByRole('button')
        .map(button => button.textContent),
    ).toEqual([
      'Deployment production wine-classifier',
      'Version wine-classifier@1.1.0 registered',
      'Version wine-classifier@1.0.0 deprecated',
      'Data set wine aaaaaaaaaaaa',
      'Code train.py @ 4f2a9c1 https://git.example/wine.git',
      'Hidden Hidden version ',
    ]);
    expect(within(graph).getByText('trained on')).toBeInTheDocument();
  });

  it('tells of a node, and which versions were made with a dataset, from the keyboard', async () => {
    const user = userEvent.setup();
    render();
    const dataset = await screen.findByRole('button', { name: /^Data set/ });
    dataset.focus();
    await user.keyboard('{Enter}');
    const details = await screen.findByRole('dialog', {
      name: 'Data set: wine',
    });
    expect(within(details).getByText(DIGEST)).toBeInTheDocument();
    expect(
      within(details).getByRole('link', {
        name: /https:\/\/data\.example\/wine\.csv/,
      }),
    ).toHaveAttribute('href', 'https://data.example/wine.csv');
    expect(
      await within(details).findByRole('link', { name: 'diabetes-risk@2.0.0' }),
    ).toHaveAttribute(
      'href',
      '/catalog/default/model/diabetes-risk/lineage?version=2.0.0',
    );
    await user.click(within(details).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('links a commit and another version, and follows no address but those of the web', async () => {
    const user = userEvent.setup();
    render();
    await user.click(await screen.findByRole('button', { name: /^Code/ }));
    expect(
      await screen.findByRole('link', { name: /4f2a9c1/ }),
    ).toHaveAttribute('href', 'https://git.example/wine/commit/4f2a9c1');
    await user.click(screen.getByRole('button', { name: 'Close' }));
    await user.click(
      screen.getByRole('button', { name: /wine-classifier@1\.0\.0/ }),
    );
    expect(
      await screen.findByRole('link', { name: 'wine-classifier@1.0.0' }),
    ).toHaveAttribute('href', expect.stringContaining('?version=1.0.0'));
  });

  it('does not make a link of what could run', async () => {
    const [root, , , dataset] = aGraph().nodes;
    render({
      path: '/?node=dataset:wine',
      graph: {
        nodes: [
          root,
          // eslint-disable-next-line no-script-url
          { ...dataset, uri: 'javascript:alert(1)' } as typeof dataset,
        ],
        edges: [{ from: ROOT, to: 'dataset:wine', relation: 'training' }],
      },
    });
    const details = await screen.findByRole('dialog');
    // eslint-disable-next-line no-script-url
    expect(within(details).getByText('javascript:alert(1)').tagName).toBe(
      'CODE',
    );
  });

  it('tells the same as a table', async () => {
    const user = userEvent.setup();
    render();
    await user.click(await screen.findByRole('radio', { name: 'Table' }));
    const rows = await screen.findAllByRole('row');
    expect(rows[1]).toHaveTextContent(
      'productionwine-classifierserveswine-classifier@1.1.0',
    );
    expect(rows).toHaveLength(6);
    await user.click(
      within(rows[5]).getByRole('button', { name: 'Hidden version' }),
    );
    expect(
      await screen.findByText(/you may not see its model/),
    ).toBeInTheDocument();
  });

  it('says when there is more, and when nothing is told', async () => {
    render({ graph: { truncated: true, truncatedBy: 'depth' } });
    expect(
      await screen.findByText(/more than 5 steps away/),
    ).toBeInTheDocument();
  });

  it('says what to do when a package tells nothing', async () => {
    render({ graph: { nodes: [aGraph().nodes[0]], edges: [] } });
    expect(
      await screen.findByText(/Tell it under lineage in model.yaml/),
    ).toBeInTheDocument();
  });

  it('takes the version of the address, else the latest where none is live', async () => {
    const { get } = render({ path: '/?version=1.0.0' });
    await screen.findByRole('region', { name: 'Graph of the lineage' });
    expect(get).toHaveBeenCalledWith('wine-classifier', '1.0.0');
  });

  it('takes the latest version where none is live', async () => {
    const get = jest.fn(async () => aGraph());
    renderWithMl(<LineageTab />, {
      api: mlApiMock({
        getModel: async () =>
          aModel({ deployments: [], latestVersion: '1.0.0' }),
        lineage: lineageMock({ get }),
      }),
    });
    await screen.findByRole('region', { name: 'Graph of the lineage' });
    expect(get).toHaveBeenCalledWith('wine-classifier', '1.0.0');
  });

  it.each([
    ['loading', pending, 'Loading'],
    ['failed', broken, 'The database is on holiday'],
    ['forbidden', forbidden, 'You may not see this'],
  ])('has a state for %s', async (_state, get, text) => {
    render({ get });
    expect(await screen.findByText(text)).toBeInTheDocument();
  });
});
