import { useMemo } from 'react';
import type { LineageGraph, LineageNode } from '@ml-platform/plugin-ml-common';
import { layoutLineage } from '../../lib/lineageLayout';
import { nodeHint, nodeName } from '../../lineageTexts';
import { texts } from '../../texts';
import { ScrollRegion } from '../shared';
import classes from './Lineage.module.css';

/** The lineage as text: each line of the graph is a row. */
export function LineageTable(props: {
  graph: LineageGraph;
  onOpen: (id: string) => void;
}) {
  const { graph, onOpen } = props;
  const nodes = new Map(graph.nodes.map(node => [node.id, node]));
  const edges = useMemo(() => inOrder(graph), [graph]);
  const { columns } = texts.lineage;
  return (
    <ScrollRegion className={classes.tableScroll} label={texts.lineage.edges}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{columns.from}</th>
            <th scope="col">{columns.relation}</th>
            <th scope="col">{columns.to}</th>
          </tr>
        </thead>
        <tbody>
          {edges.map(({ from, relation, to }) => (
            <tr key={`${from} ${relation} ${to}`}>
              <td>
                <NodeCell node={nodes.get(from)!} onOpen={onOpen} />
              </td>
              <td>{texts.lineage.relation[relation]}</td>
              <td>
                <NodeCell node={nodes.get(to)!} onOpen={onOpen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

/** From the deployment to the data, as the picture is read. */
function inOrder(graph: LineageGraph): LineageGraph['edges'] {
  const order = new Map(
    layoutLineage(graph).nodes.map(({ node }, index) => [node.id, index]),
  );
  return [...graph.edges].sort(
    (a, b) =>
      order.get(a.from)! - order.get(b.from)! ||
      order.get(a.to)! - order.get(b.to)!,
  );
}

function NodeCell(props: { node: LineageNode; onOpen: (id: string) => void }) {
  const { node, onOpen } = props;
  const hint = nodeHint(node);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={() => onOpen(node.id)}
      >
        {nodeName(node)}
      </button>
      {hint && <div className={classes.hint}>{hint}</div>}
    </>
  );
}
