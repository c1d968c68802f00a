import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { entryBytes } from '../entry';
import { type EventRow, toEvent } from '../rows';
import { SegmentStore } from '../segments/SegmentStore';
import { DatabaseTree } from '../tree/DatabaseTree';
import { edgeNodes, nodesFrom } from '../tree/MerkleTree';

const BATCH = 1_000;

export interface ExportOptions {
  knex: Knex;
  /** Places of the entries: from the first number up to, not including, the second. */
  start: number;
  end: number;
  /** Signed by the log; covers at least `end` entries. */
  checkpoint: { size: number; note: string };
  verifierKey: string;
  /** What was asked for, and by whom; for the reader. */
  about: Record<string, unknown>;
}

type Row = Omit<EventRow, 'id'> & {
  id: string | null;
  position: number | string;
  hash: string;
};

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
  const { about, checkpoint, end, knex, start, verifierKey } = options;
  const hash = createHash('sha256');
  const line = (value: object) => {
    const text = `${JSON.stringify(value)}\n`;
    hash.update(text);
    return text;
  };
  const disposals = (await new SegmentStore(knex).list()).flatMap(segment =>
    segment.disposalNote && segment.start < end && segment.end > start
      ? [segment.disposalNote]
      : [],
  );
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
    const to = Math.min(from + BATCH, end);
    const rows = await knex('ml_audit_leaves')
      .leftJoin(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_leaves.sequence',
      )
      .where('position', '>=', from)
      .where('position', '<', to)
      .orderBy('position')
      .select<Row[]>('ml_audit_events.*', 'position', 'hash');
    for (const row of rows) {
      const position = Number(row.position);
      if (row.id === null) {
        const leaf = Buffer.from(row.hash, 'hex').toString('base64');
        yield line({ type: 'disposed', position, leaf });
        continue;
      }
      // The very bytes that were hashed, so that the reader need not make them.
      const entry = JSON.parse(entryBytes(toEvent(row as EventRow)).toString());
      yield line({ type: 'entry', position, entry });
    }
  }
  const tree = new DatabaseTree(knex);
  const left = await tree.getNodes(edgeNodes(start));
  const right = await tree.getNodes(nodesFrom(end, checkpoint.size));
  yield `${JSON.stringify({
    type: 'footer',
    entries: end - start,
    sha256: hash.digest('hex'),
    left: left.map(node => node.toString('base64')),
    right: right.map(node => node.toString('base64')),
    checkpoint: checkpoint.note,
  })}\n`;
}
