import type { LineageGraph, LineageNode } from '@ml-platform/plugin-ml-common';
import { layoutLineage } from './lineageLayout';

/** A graph of lines such as `child > parent`; the root is the first name. */
function graphOf(root: string, ...lines: string[]): LineageGraph {
  const edges = lines.map(line => {
    const [from, to] = line.split(' > ');
    return { from, to, relation: 'retrained' as const };
  });
  const ids = new Set([root, ...edges.flatMap(({ from, to }) => [from, to])]);
  return {
    root,
    direction: 'both',
    depth: 5,
    truncated: false,
    nodes: [...ids].map((id): LineageNode => ({ id, kind: 'hidden' })),
    edges,
  };
}

const columnsOf = (graph: LineageGraph) => {
  const layout = layoutLineage(graph);
  const columns: string[][] = Array.from({ length: layout.columns }, () => []);
  for (const { column, node, row } of layout.nodes)
    columns[column][row] = node.id;
  for (const { edge, via } of layout.edges) {
    for (const { column, row } of via) columns[column][row] = `(${edge.to})`;
  }
  return columns;
};

describe('layoutLineage', () => {
  it('goes from the deployment on the left to the data on the right', () => {
    expect(
      columnsOf(
        graphOf(
          'version',
          'deployment > version',
          'child > version',
          'version > data',
          'version > parent',
          'parent > older data',
        ),
      ),
    ).toEqual([
      ['deployment', 'child'],
      ['version'],
      ['data', 'parent'],
      ['older data'],
    ]);
  });

  it('puts what several versions share right of all of them, and keeps a place for the line', () => {
    expect(
      columnsOf(
        graphOf(
          'version',
          'version > data',
          'version > parent',
          'parent > data',
        ),
      ),
    ).toEqual([['version'], ['parent', '(data)'], ['data']]);
  });

  it('keeps the rows in the order of what leads to them', () => {
    expect(
      columnsOf(
        graphOf('v', 'v > a', 'v > b', 'b > of b', 'a > of a', 'a > and of a'),
      )[2],
    ).toEqual(['of a', 'and of a', 'of b']);
  });

  it('survives circles, and a version that stands alone', () => {
    expect(columnsOf(graphOf('a', 'a > b', 'b > c', 'c > a'))).toEqual([
      ['a'],
      ['b'],
      ['c'],
    ]);
    expect(columnsOf(graphOf('a'))).toEqual([['a']]);
  });
});
