import { EMPTY_ROOT, nodeHash } from './hashes';

/**
 * Hashes of the complete subtrees of a log. Level 0 holds the leaves; node
 * `index` of a level covers the leaves from `index * 2^level` on.
 */
export interface NodeSource {
  getNodes(nodes: Array<{ level: number; index: number }>): Promise<Buffer[]>;
}

/**
 * Roots and proofs of an append-only Merkle tree, as RFC 6962 (section 2.1)
 * defines them. Reads O(log n) hashes for each.
 */
export class MerkleTree {
  readonly #source: NodeSource;

  constructor(source: NodeSource) {
    this.#source = source;
  }

  /** Root of the first `size` leaves. */
  async root(size: number): Promise<Buffer> {
    const [root] = await this.#hashRanges([[0, size]]);
    return root;
  }

  /** Audit path of a leaf in the tree of the first `size` leaves, leaf first. */
  async inclusionProof(index: number, size: number): Promise<Buffer[]> {
    if (index < 0 || index >= size) {
      throw new RangeError(`leaf ${index} is not in a tree of ${size} leaves`);
    }
    return this.#hashRanges(inclusionPath(index, 0, size));
  }

  /** Proof that the first `size` leaves begin with the first `earlier` ones. */
  async consistencyProof(earlier: number, size: number): Promise<Buffer[]> {
    if (earlier < 0 || earlier > size) {
      throw new RangeError(`${earlier} leaves are no part of ${size}`);
    }
    if (earlier === 0 || earlier === size) return [];
    return this.#hashRanges(consistencyPath(earlier, 0, size, true));
  }

  async #hashRanges(ranges: Range[]): Promise<Buffer[]> {
    const parts = ranges.map(([start, end]) => completeSubtrees(start, end));
    const hashes = await this.#source.getNodes(parts.flat());
    let next = 0;
    return parts.map(nodes => {
      const found = hashes.slice(next, (next += nodes.length));
      return found.length
        ? found.reduceRight((right, left) => nodeHash(left, right))
        : EMPTY_ROOT;
    });
  }
}

/** Leaves from the first number up to, not including, the second. */
type Range = [number, number];

/** The largest power of two below `n`, for `n` above 1. */
function splitPoint(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function inclusionPath(index: number, start: number, end: number): Range[] {
  if (end - start === 1) return [];
  const middle = start + splitPoint(end - start);
  return index < middle
    ? [...inclusionPath(index, start, middle), [middle, end]]
    : [...inclusionPath(index, middle, end), [start, middle]];
}

/** SUBPROOF of RFC 6962, 2.1.2. */
function consistencyPath(
  earlier: number,
  start: number,
  end: number,
  whole: boolean,
): Range[] {
  if (earlier === end) return whole ? [] : [[start, end]];
  const middle = start + splitPoint(end - start);
  return earlier <= middle
    ? [...consistencyPath(earlier, start, middle, whole), [middle, end]]
    : [...consistencyPath(earlier, middle, end, false), [start, middle]];
}

/** The complete subtrees that a range is made of, left to right; the range starts where a subtree of its size may. */
function completeSubtrees(start: number, end: number) {
  const nodes: Array<{ level: number; index: number }> = [];
  let from = start;
  while (from < end) {
    let level = 0;
    let width = 1;
    while (from % (width * 2) === 0 && from + width * 2 <= end) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: from / width });
    from += width;
  }
  return nodes;
}

/**
 * The nodes that become complete when leaves are appended at `size`.
 * @param edge - hashes of the complete subtrees of the first `size` leaves, left to right
 */
export function appendedNodes(
  size: number,
  edge: Buffer[],
  leaves: Buffer[],
): Array<{ level: number; index: number; hash: Buffer }> {
  const open = edgeNodes(size).map((node, i) => ({ ...node, hash: edge[i] }));
  const created: Array<{ level: number; index: number; hash: Buffer }> = [];
  leaves.forEach((hash, i) => {
    let node = { level: 0, index: size + i, hash };
    created.push(node);
    while (node.index % 2 === 1) {
      const left = open.pop()!;
      node = {
        level: node.level + 1,
        index: (node.index - 1) / 2,
        hash: nodeHash(left.hash, node.hash),
      };
      created.push(node);
    }
    open.push(node);
  });
  return created;
}

/** The complete subtrees of the first `size` leaves, left to right. */
export function edgeNodes(size: number) {
  return completeSubtrees(0, size);
}

/** The complete subtrees of the leaves from `start` up to `size`, left to right. */
export function nodesFrom(start: number, size: number) {
  return completeSubtrees(start, size);
}
