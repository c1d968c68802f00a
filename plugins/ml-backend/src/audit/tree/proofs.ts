import { nodeHash } from './hashes';

/** The root that an audit path leads to (RFC 9162, 2.1.3.2); undefined when the path does not fit. */
export function rootOfInclusion(options: {
  leaf: Uint8Array;
  index: number;
  size: number;
  path: readonly Uint8Array[];
}): Buffer | undefined {
  const { index, leaf, path, size } = options;
  if (index < 0 || index >= size) return undefined;
  let position = index;
  let last = size - 1;
  let hash = Buffer.from(leaf);
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : undefined;
}

/** Whether a tree grew out of an earlier one (RFC 9162, 2.1.4.2). */
export function isConsistent(options: {
  earlier: { size: number; root: Uint8Array };
  later: { size: number; root: Uint8Array };
  proof: readonly Uint8Array[];
}): boolean {
  const { earlier, later, proof } = options;
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) {
    return proof.length === 0 && same(earlier.root, later.root);
  }
  if (earlier.size === 0) return proof.length === 0;
  const isPowerOfTwo = Number.isInteger(Math.log2(earlier.size));
  const path = isPowerOfTwo ? [earlier.root, ...proof] : [...proof];
  if (!path.length) return false;
  let position = earlier.size - 1;
  let last = later.size - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let before = Buffer.from(path[0]);
  let after = Buffer.from(path[0]);
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      after = nodeHash(after, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && same(before, earlier.root) && same(after, later.root);
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
