import { createHash } from 'node:crypto';
import { edgeNodes, nodesFrom } from '../tree/MerkleTree';
import type { ExportSource } from './ExportSource';

const BATCH = 1_000;

export interface ExportOptions {
  source: ExportSource;
  /** Places of the entries: from the first number up to, not including, the second. */
  start: number;
  end: number;
  /** Signed by the log; covers at least `end` entries. */
  checkpoint: { size: number; note: string };
  verifierKey: string;
  /** What was asked for, and by whom; for the reader. */
  about: Record<string, unknown>;
}

/**
 * An export that proves itself, as lines of JSON:
 *
 * 1. `header`: the log's key, the places, what was asked for;
 * 2. `entry`, each with its place, in order and without a gap; of events that
 *    were disposed of `disposed`, with the hash of the leaf, and in the header
 *    the signed statements that they were;
 * 3. `footer`: the count, SHA-256 over all lines before it, the hashes of the
 *    tree left and right of the entries, and the signed checkpoint.
 *
 * Whoever has the key computes the root from the entries and those hashes. It
 * is the checkpoint's root only if no entry was changed, added or left out.
 */
export async function* exportLines(
  options: ExportOptions,
): AsyncGenerator<string> {
  const { about, checkpoint, end, source, start, verifierKey } = options;
  const hash = createHash('sha256');
  const line = (value: object) => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  const disposals = await source.getDisposals(start, end);
  yield line({
    type: 'header',
    format: 'ml-platform/audit-export/v1',
    verifierKey,
    start,
    end,
    ...(disposals.length && { disposals }),
    ...about,
  });
  for (let from = start; from < end; from += BATCH) {
    const leaves = await source.getLeaves(from, Math.min(from + BATCH, end));
    for (const leaf of leaves) {
      const { position } = leaf;
      if ('hash' in leaf) {
        const encoded = leaf.hash.toString('base64');
        yield line({ type: 'disposed', position, leaf: encoded });
      } else {
        // The very bytes that were hashed, so that the reader need not make them.
        const entry = JSON.parse(leaf.entry.toString());
        yield line({ type: 'entry', position, entry });
      }
    }
  }
  const left = await source.getNodes(edgeNodes(start));
  const right = await source.getNodes(nodesFrom(end, checkpoint.size));
  yield `${JSON.stringify({
    type: 'footer',
    entries: end - start,
    sha256: hash.digest('hex'),
    left: left.map(node => node.toString('base64')),
    right: right.map(node => node.toString('base64')),
    checkpoint: checkpoint.note,
  })}\n`;
}
