import { createHash } from 'node:crypto';
import { EMPTY_ROOT, leafHash, nodeHash } from './hashes';
import { GrowingRoot } from './GrowingRoot';
import { appendedNodes, edgeNodes, MerkleTree } from './MerkleTree';
import { isConsistent, rootOfInclusion } from './proofs';

/** The tree as RFC 6962, 2.1 defines it, word for word. */
function treeHash(leaves: Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leafHash(leaves[0]);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

/** A tree in memory that grew by batches of any size. */
function grow(entries: Buffer[], batch: () => number) {
  const nodes = new Map<string, Buffer>();
  const source = {
    async getNodes(wanted: Array<{ level: number; index: number }>) {
      return wanted.map(({ index, level }) => nodes.get(`${level}/${index}`)!);
    },
  };
  let size = 0;
  while (size < entries.length) {
    const leaves = entries.slice(size, size + batch()).map(leafHash);
    const edge = edgeNodes(size).map(
      ({ index, level }) => nodes.get(`${level}/${index}`)!,
    );
    for (const { hash, index, level } of appendedNodes(size, edge, leaves)) {
      nodes.set(`${level}/${index}`, hash);
    }
    size += leaves.length;
  }
  return new MerkleTree(source);
}

/** The entries of the test vectors that RFC 6962's own implementation carries. */
const VECTOR_ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex => Buffer.from(hex, 'hex'));

const VECTOR_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the tree of RFC 6962', () => {
  it('has the published roots', async () => {
    const tree = grow(VECTOR_ENTRIES, () => 3);
    expect((await tree.root(0)).equals(EMPTY_ROOT)).toBe(true);
    for (let size = 1; size <= VECTOR_ENTRIES.length; size += 1) {
      const root = await tree.root(size);
      expect(root.toString('hex')).toBe(VECTOR_ROOTS[size - 1]);
    }
  });

  it('proves every leaf in every state, and every state from every earlier one', async () => {
    const entries = Array.from({ length: 70 }, (_, i) =>
      Buffer.from(`entry ${i}`),
    );
    let batch = 0;
    const tree = grow(entries, () => (batch = (batch % 7) + 1));
    const growing = new GrowingRoot();
    for (let size = 1; size <= entries.length; size += 1) {
      const root = await tree.root(size);
      growing.append(leafHash(entries[size - 1]));
      expect(root.equals(treeHash(entries.slice(0, size)))).toBe(true);
      expect(growing.root().equals(root)).toBe(true);
      for (let index = 0; index < size; index += 1) {
        const path = await tree.inclusionProof(index, size);
        const leaf = leafHash(entries[index]);
        const found = rootOfInclusion({ leaf, index, size, path });
        expect(found?.equals(root)).toBe(true);
        const other = leafHash(Buffer.from('another'));
        const wrong = rootOfInclusion({ leaf: other, index, size, path });
        expect(wrong?.equals(root)).toBe(false);
      }
      for (let early = 0; early <= size; early += 1) {
        const proof = await tree.consistencyProof(early, size);
        const earlier = { size: early, root: await tree.root(early) };
        const later = { size, root };
        expect(isConsistent({ earlier, later, proof })).toBe(true);
        if (early === 0) continue;
        const forged = { size: early, root: leafHash(Buffer.from('forged')) };
        expect(isConsistent({ earlier: forged, later, proof })).toBe(false);
      }
    }
  });

  it('refuses proofs of what is not there', async () => {
    const tree = grow(VECTOR_ENTRIES, () => 8);
    await expect(tree.inclusionProof(8, 8)).rejects.toThrow(RangeError);
    await expect(tree.consistencyProof(9, 8)).rejects.toThrow(RangeError);
  });
});
