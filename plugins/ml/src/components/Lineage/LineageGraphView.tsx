import { useId, useMemo } from 'react';
import type { LineageGraph } from '@ml-platform/plugin-ml-common';
import {
  layoutLineage,
  type Place,
  type PlacedEdge,
  type PlacedNode,
} from '../../lib/lineageLayout';
import { nodeHint, nodeName } from '../../lineageTexts';
import { texts } from '../../texts';
import { ScrollRegion } from '../shared';
import classes from './Lineage.module.css';

/** Of a node, in pixels, and the room between. */
const WIDTH = 196;
const HEIGHT = 60;
const GAP_X = 104;
const GAP_Y = 20;

const leftOf = ({ column }: Place) => column * (WIDTH + GAP_X);
const topOf = ({ row }: Place) => row * (HEIGHT + GAP_Y);

/**
 * The lineage as a picture, from the deployment on the left to the data on the
 * right. Its nodes are buttons in the order of the columns, so that the keyboard
 * and a screen reader go through them as the eye does.
 */
export function LineageGraphView(props: {
  graph: LineageGraph;
  onOpen: (id: string) => void;
}) {
  const { graph, onOpen } = props;
  const layout = useMemo(() => layoutLineage(graph), [graph]);
  const arrow = useId();
  const fansOut = useMemo(() => sourcesOfSeveral(graph), [graph]);
  const width = layout.columns * (WIDTH + GAP_X) - GAP_X;
  const height = layout.rows * (HEIGHT + GAP_Y) - GAP_Y;
  return (
    <ScrollRegion className={classes.scroll} label={texts.lineage.scroll}>
      <div className={classes.canvas} style={{ width, height }}>
        <svg
          className={classes.lines}
          width={width}
          height={height}
          // The table tells the same to those who do not see lines.
          aria-hidden="true"
        >
          <defs>
            <marker
              id={arrow}
              viewBox="0 0 8 8"
              refX="8"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8Z" />
            </marker>
          </defs>
          {layout.edges.map(placed => {
            const { from, relation, to } = placed.edge;
            const line = lineOf(placed, fansOut.has(from));
            return (
              <g key={`${from} ${relation} ${to}`}>
                <path d={line.d} markerEnd={`url(#${arrow})`} />
                <text x={line.x} y={line.y}>
                  {texts.lineage.relation[relation]}
                </text>
              </g>
            );
          })}
        </svg>
        <ul className={classes.list}>
          {layout.nodes.map(place => (
            <li
              key={place.node.id}
              className={classes.place}
              style={{
                left: leftOf(place),
                top: topOf(place),
                width: WIDTH,
                height: HEIGHT,
              }}
            >
              <NodeButton
                node={place.node}
                isRoot={place.node.id === graph.root}
                onPress={() => onOpen(place.node.id)}
              />
            </li>
          ))}
        </ul>
      </div>
    </ScrollRegion>
  );
}

function NodeButton(props: {
  node: PlacedNode['node'];
  isRoot: boolean;
  onPress: () => void;
}) {
  const { isRoot, node, onPress } = props;
  const hint = nodeHint(node);
  return (
    <button
      type="button"
      className={classes.node}
      data-kind={node.kind}
      data-root={isRoot || undefined}
      aria-current={isRoot || undefined}
      aria-haspopup="dialog"
      title={nodeName(node)}
      onClick={onPress}
    >
      <span className={classes.kind}>{texts.lineage.kind[node.kind]} </span>
      <span className={classes.name}>{nodeName(node)} </span>
      {hint && <span className={classes.hint}>{hint}</span>}
    </button>
  );
}

/**
 * A curve from the right of one node to the left of another, straight through
 * the places that are kept free for it, and where its label is: beside the end
 * that it does not share with others.
 */
function lineOf({ from, to, via }: PlacedEdge, labelAtEnd: boolean) {
  const bend = GAP_X / 2;
  const middleOf = (place: Place) => topOf(place) + HEIGHT / 2;
  let [x, y] = [leftOf(from) + WIDTH, middleOf(from)];
  let d = `M${x} ${y}`;
  const curveTo = (nextX: number, nextY: number) => {
    d += `C${x + bend} ${y} ${nextX - bend} ${nextY} ${nextX} ${nextY}`;
    [x, y] = [nextX, nextY];
  };
  for (const place of via) {
    curveTo(leftOf(place), middleOf(place));
    x += WIDTH;
    d += `H${x}`;
  }
  curveTo(leftOf(to), middleOf(to));
  const [first = to] = via;
  return labelAtEnd
    ? { d, x: leftOf(first) - bend, y: middleOf(first) - 6 }
    : { d, x: leftOf(from) + WIDTH + bend, y: middleOf(from) - 6 };
}

/** Ids of the nodes from which more than one line goes. */
function sourcesOfSeveral({ edges }: LineageGraph): Set<string> {
  const once = new Set<string>();
  const several = new Set<string>();
  for (const { from } of edges) {
    if (once.has(from)) several.add(from);
    once.add(from);
  }
  return several;
}
