import type {
  LineageEdge,
  LineageGraph,
  LineageNode,
} from '@ml-platform/plugin-ml-common';

/** A place, counted in columns and rows. */
export interface Place {
  column: number;
  row: number;
}

/** A node and where it is. */
export interface PlacedNode extends Place {
  node: LineageNode;
}

/** An edge and the places between its ends that are kept free for its line. */
export interface PlacedEdge {
  edge: LineageEdge;
  from: Place;
  to: Place;
  via: Place[];
}

/** The graph laid out from what depends to what it depends on. */
export interface LineageLayout {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  columns: number;
  rows: number;
}

/**
 * Puts deployments and children of the root to its left, and what it was made
 * from to its right, as many columns away as there are steps. In a column, nodes
 * are ordered by the middle of what leads to them, which keeps lines short. A line
 * over several columns has a place of its own in each between, so that it never
 * runs behind a node.
 *
 * Source: the layers of K. Sugiyama, S. Tagawa and M. Toda, "Methods for Visual
 * Understanding of Hierarchical System Structures" (1981), in their simplest form.
 *
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
  const columnOf = (id: string) => (steps.get(id) ?? 0) - first;
  /** Ids of nodes, and of the places of lines, in each column. */
  const columns: string[][] = Array.from(
    { length: last - first + 1 },
    () => [],
  );
  for (const { id } of nodes) columns[columnOf(id)].push(id);
  const leads = new Map<string, string[]>();
  const lines = edges.map((edge, index) => {
    const via: string[] = [];
    let before = edge.from;
    for (let at = columnOf(edge.from) + 1; at < columnOf(edge.to); at++) {
      const id = `line ${index} in ${at}`;
      columns[at].push(id);
      leads.set(id, [before]);
      via.push(id);
      before = id;
    }
    leads.set(edge.to, [...(leads.get(edge.to) ?? []), before]);
    return { edge, via };
  });

  const places = new Map<string, Place>();
  columns.forEach((ids, column) => {
    const middle = (id: string) => {
      const rows = (leads.get(id) ?? []).flatMap(
        lead => places.get(lead)?.row ?? [],
      );
      return rows.reduce((sum, row) => sum + row, 0) / (rows.length || 1);
    };
    ids
      .map(id => ({ id, at: middle(id) }))
      .sort((a, b) => a.at - b.at)
      .forEach(({ id }, row) => places.set(id, { column, row }));
  });
  return {
    // In the order in which they are read.
    nodes: nodes
      .map(node => ({ node, ...places.get(node.id)! }))
      .sort((a, b) => a.column - b.column || a.row - b.row),
    edges: lines.map(({ edge, via }) => ({
      edge,
      from: places.get(edge.from)!,
      to: places.get(edge.to)!,
      via: via.map(id => places.get(id)!),
    })),
    columns: columns.length,
    rows: Math.max(...columns.map(ids => ids.length)),
  };
}
