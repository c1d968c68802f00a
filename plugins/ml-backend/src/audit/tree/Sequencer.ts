import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { entryBytes, isSealedBy } from '../entry';
import { type EventRow, toEvent } from '../rows';
import { DatabaseTree, type NewLeaf } from './DatabaseTree';
import { leafHash } from './hashes';
import { appendedNodes, edgeNodes } from './MerkleTree';

/** Entries that go into the tree within one transaction. */
const BATCH = 1_000;
const WAKE_MS = 50;
const POLL_MS = 1_000;

export interface SequencerOptions {
  knex: Knex;
  logger: LoggerService;
  sealKey?: Buffer;
  /** Told the size when the tree has grown. */
  onGrown?: (size: number) => void;
}

/**
 * Takes committed entries into the tree, in batches, soon after their commit.
 *
 * Entries are written by many transactions at once, which must neither wait for
 * one another nor leave gaps when they roll back. So a transaction only writes
 * its entry and a row into `ml_audit_pending`; this one writer, alone by the
 * lock on `ml_audit_head`, gives them their places afterwards. It dies at any
 * moment without harm: a batch is one transaction.
 */
export class Sequencer {
  readonly #options: SequencerOptions;
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#poll = setInterval(() => this.#run(), POLL_MS);
    this.#run();
  }

  async stop(): Promise<void> {
    clearInterval(this.#poll);
    clearTimeout(this.#timer);
    this.#poll = undefined;
    await this.#running;
  }

  /** There is a new entry, or there will be as soon as its transaction ends. */
  wake(): void {
    if (!this.#poll || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#run();
    }, WAKE_MS);
  }

  /** Takes in all that is committed. Resolves to the size of the tree. */
  async integrate(): Promise<number> {
    for (;;) {
      const { size, taken } = await this.#integrateBatch();
      if (taken < BATCH) return size;
    }
  }

  #run(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.integrate()
      .then(
        () => {},
        error =>
          this.#options.logger.error(
            'The audit log could not take new entries into its tree; it tries again',
            error,
          ),
      )
      .then(() => {
        this.#running = undefined;
        if (this.#again && this.#poll) {
          this.#again = false;
          this.wake();
        }
      });
  }

  async #integrateBatch(): Promise<{ size: number; taken: number }> {
    const { knex, logger, onGrown } = this.#options;
    const result = await knex.transaction(async trx => {
      const tree = new DatabaseTree(trx);
      const { size, unsealedUntil } = await tree.lock();
      const rows = await trx<EventRow>('ml_audit_pending')
        .join(
          'ml_audit_events',
          'ml_audit_events.sequence',
          'ml_audit_pending.sequence',
        )
        .whereNull('refused')
        .orderBy('ml_audit_pending.sequence')
        .limit(BATCH)
        .select<EventRow[]>('ml_audit_events.*');
      if (!rows.length) return { size, taken: 0 };

      const leaves: NewLeaf[] = [];
      for (const row of rows) {
        const sequence = Number(row.sequence);
        const refused = this.#check(row, unsealedUntil);
        if (refused) {
          logger.error(
            `Audit event ${row.id} is not taken into the tree: ${refused}`,
          );
          await trx('ml_audit_pending').where({ sequence }).update({ refused });
        } else {
          leaves.push({ sequence, hash: leafHash(entryBytes(toEvent(row))) });
        }
      }
      const edge = await tree.getNodes(edgeNodes(size));
      const nodes = appendedNodes(
        size,
        edge,
        leaves.map(({ hash }) => hash),
      );
      await tree.append(
        size,
        leaves,
        nodes.filter(({ level }) => level > 0),
      );
      await trx('ml_audit_pending')
        .whereIn(
          'sequence',
          leaves.map(({ sequence }) => sequence),
        )
        .delete();
      return { size: size + leaves.length, taken: rows.length };
    });
    if (result.taken) onGrown?.(result.size);
    return result;
  }

  /** Why an entry was not written by the platform, if so. */
  #check(row: EventRow, unsealedUntil: number): string | undefined {
    const { sealKey } = this.#options;
    if (!sealKey || Number(row.sequence) <= unsealedUntil) return undefined;
    if (!row.seal) return 'it has no seal';
    let entry: Buffer;
    try {
      entry = entryBytes(toEvent(row));
    } catch {
      return 'its details are no JSON';
    }
    return isSealedBy(entry, row.seal, sealKey)
      ? undefined
      : 'its seal is not of this platform';
  }
}
