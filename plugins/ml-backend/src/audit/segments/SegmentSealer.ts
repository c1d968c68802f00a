import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditLog } from '../AuditLog';
import type { NoteSigner } from '../checkpoints/SignedNote';
import { DatabaseTree } from '../tree/DatabaseTree';
import { beginOf, monthOf, monthsAfter } from './months';
import { segmentText, type SegmentRange } from './segmentNotes';
import { SegmentStore } from './SegmentStore';

/** A transaction that began before midnight may commit after it. */
const SLACK_MS = 60 * 60_000;
const BATCH = 10_000;

export interface SegmentSealerOptions {
  knex: Knex;
  log: AuditLog;
  signer: NoteSigner;
}

/**
 * Seals each month when it is over: which entries it holds, and a digest of
 * their hashes, signed. A month holds what has its place in the tree before the
 * first entry of a later month; what was committed late is in the next one.
 */
export class SegmentSealer {
  readonly #options: SegmentSealerOptions;
  readonly #store: SegmentStore;

  constructor(options: SegmentSealerOptions) {
    this.#options = options;
    this.#store = new SegmentStore(options.knex);
  }

  /** @returns the months that were sealed now */
  async sealDue(): Promise<string[]> {
    const sealed: string[] = [];
    for (;;) {
      const range = await this.#nextRange();
      if (!range) return sealed;
      await this.#seal(range);
      sealed.push(range.month);
    }
  }

  async #nextRange(): Promise<SegmentRange | undefined> {
    const { knex } = this.#options;
    const last = (await this.#store.list()).at(-1);
    const start = last?.end ?? 0;
    const first = await this.#entries().where({ position: start }).first('at');
    if (!first) return undefined;
    const after = last && monthsAfter(last.month, 1);
    const begun = monthOf(first.at);
    const month = after && after > begun ? after : begun;
    const over = beginOf(monthsAfter(month, 1));
    if (Date.now() < Date.parse(over) + SLACK_MS) return undefined;
    const later = await this.#entries()
      .where('position', '>=', start)
      .where('at', '>=', over)
      .min({ position: 'position' })
      .first();
    const end =
      later?.position === null || later?.position === undefined
        ? await new DatabaseTree(knex).size()
        : Number(later.position);
    return { month, start, end, digest: await this.#digest(start, end) };
  }

  #entries() {
    return this.#options
      .knex('ml_audit_leaves')
      .join(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_leaves.sequence',
      );
  }

  async #digest(start: number, end: number): Promise<Buffer> {
    const hash = createHash('sha256');
    for (let from = start; from < end; from += BATCH) {
      const rows = await this.#options
        .knex('ml_audit_leaves')
        .where('position', '>=', from)
        .where('position', '<', Math.min(from + BATCH, end))
        .orderBy('position')
        .select('hash');
      for (const row of rows) hash.update(Buffer.from(row.hash, 'hex'));
    }
    return hash.digest();
  }

  async #seal(range: SegmentRange): Promise<void> {
    const { knex, log, signer } = this.#options;
    const note = signer.sign(segmentText(signer.verifier.name, range));
    await knex.transaction(async trx => {
      const isNew = await new SegmentStore(trx).create({
        ...range,
        sealedAt: new Date().toISOString(),
        note,
      });
      if (!isNew) return;
      await log.record(
        {
          actor: 'service:ml-platform',
          action: 'audit.segment.seal',
          resource: `audit-segment:${range.month}`,
          outcome: 'succeeded',
          details: {
            start: range.start,
            end: range.end,
            digest: range.digest.toString('hex'),
          },
        },
        trx,
      );
    });
  }
}
