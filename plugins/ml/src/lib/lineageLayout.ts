import type { LineageGraph, LineageNode } from '@ml-platform/plugin-ml-common';

/** A node and where it is, counted in columns and rows. */
export interface PlacedNode {
  node: LineageNode;
  column: number;
  row: number;
}

/** The graph laid out from what depends to what it depends on. */
export interface LineageLayout {
  nodes: PlacedNode[];
  columns: number;
  rows: number;
}

/**
 * Puts deployments and children of the root to its left, and what it was made
 * from to its right, as many columns away as there are steps. In a column, nodes
 * are ordered by the middle of what leads to them, which keeps lines short.
 * Circles do no harm: a node has the column of the shortest way.
 */
export function layoutLineage(graph: LineageGraph): LineageLayout {
  const { edges, nodes, root } = graph;
  const steps = new Map<string, number>([[root, 0]]);
  const follow = (next: (id: string) => string[], by: 1 | -1) => {
    let front = [root];
    while (front.length) {
      const found: string[] = [];
      for (const id of front) {
        for (const other of next(id)) {
          if (steps.has(other)) continue;
          steps.set(other, steps.get(id)! + by);
          found.push(other);
        }
      }
      front = found;
    }
  };
  follow(id => edges.flatMap(({ from, to }) => (from === id ? [to] : [])), 1);
  follow(id => edges.flatMap(({ from, to }) => (to === id ? [from] : [])), -1);
  // What several versions share is right of all of them.
  for (const { from, to } of edges) {
    const isLeaf = !edges.some(edge => edge.from === to);
    if (!isLeaf || to === root) continue;
    const column = (steps.get(from) ?? 0) + 1;
    if (column > (steps.get(to) ?? -Infinity)) steps.set(to, column);
  }

  const first = Math.min(...steps.values());
  const last = Math.max(...steps.values());
  const columns: LineageNode[][] = Array.from(
    { length: last - first + 1 },
    () => [],
  );
  for (const node of nodes) {
    const column = (steps.get(node.id) ?? 0) - first;
    columns[column].push(node);
  }
  const rows = new Map<string, number>();
  const placed = columns.flatMap((column, index) =>
    orderColumn(column, rows, edges).map((node, row) => {
      rows.set(node.id, row);
      return { node, column: index, row };
    }),
  );
  return {
    nodes: placed,
    columns: columns.length,
    rows: Math.max(...columns.map(column => column.length)),
  };
}

function orderColumn(
  column: LineageNode[],
  rows: ReadonlyMap<string, number>,
  edges: LineageGraph['edges'],
): LineageNode[] {
  const middle = (id: string) => {
    const known = edges.flatMap(({ from, to }) => {
      const row = to === id ? rows.get(from) : undefined;
      return row === undefined ? [] : [row];
    });
    return known.length
      ? known.reduce((sum, row) => sum + row, 0) / known.length
      : 0;
  };
  return column
    .map(node => ({ node, at: middle(node.id) }))
    .sort((a, b) => a.at - b.at)
    .map(({ node }) => node);
}
