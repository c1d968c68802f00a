import { EMPTY_ROOT, nodeHash } from './hashes';

/** Root of a tree that grows leaf by leaf; holds O(log n) hashes. */
export class GrowingRoot {
  readonly #edge: Array<{ level: number; hash: Buffer }> = [];

  append(leaf: Buffer): void {
    let node = { level: 0, hash: leaf };
    while (this.#edge.at(-1)?.level === node.level) {
      const left = this.#edge.pop()!;
      node = { level: node.level + 1, hash: nodeHash(left.hash, node.hash) };
    }
    this.#edge.push(node);
  }

  root(): Buffer {
    return this.#edge.length
      ? this.#edge
          .map(({ hash }) => hash)
          .reduceRight((right, left) => nodeHash(left, right))
      : EMPTY_ROOT;
  }
}
