import { InputError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { RequestContext } from '../../http/requestContext';
import type { AuditEntry, AuditLog } from '../AuditLog';
import type { NoteVerifier } from '../checkpoints/SignedNote';
import { beginOf, monthsAfter } from '../segments/months';
import { SegmentStore } from '../segments/SegmentStore';
import { DatabaseExportSource } from './ExportSource';
import { exportLines } from './exportLines';
import { toOcsf } from './toOcsf';

export interface ExportQuery {
  since: string;
  until: string;
  format: 'jsonl' | 'ocsf';
}

export interface AuditExportOptions {
  knex: Knex;
  log: AuditLog;
  /** Absent without a signing key. */
  verifier?: NoteVerifier;
  /** A signed checkpoint that covers at least so many entries. */
  checkpointOf: (entries: number) => Promise<{ size: number; note: string }>;
}

/** All entries of a period, as lines, and the record that they left. */
export class AuditExport {
  readonly #options: AuditExportOptions;

  constructor(options: AuditExportOptions) {
    this.#options = options;
  }

  /** The intent is committed before the first line leaves, the outcome after the last. */
  async export(
    context: RequestContext,
    query: ExportQuery,
  ): Promise<AsyncIterable<string>> {
    const { since, until } = query;
    if (since >= until) {
      throw new InputError(`until: ${until} is not after ${since}`);
    }
    const { log } = this.#options;
    const { end, start } = await this.#placesOf(query);
    const event = {
      actor: context.actor,
      action: 'audit.export',
      resource: 'audit',
      details: { since, until, format: query.format, start, end },
      requestId: context.requestId,
    };
    await log.record({ ...event, outcome: 'intended' });
    let lines: AsyncIterable<string>;
    try {
      lines = await this.#lines(context, query, start, end);
    } catch (error) {
      await log.record({ ...event, outcome: 'failed' });
      throw error;
    }
    return this.#noting(event, lines);
  }

  /**
   * Places of the entries of a period: those that are there, and those of months
   * that lie in it and were disposed of.
   */
  async #placesOf({ since, until }: ExportQuery) {
    const { knex } = this.#options;
    const range = await knex('ml_audit_leaves')
      .join(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_leaves.sequence',
      )
      .where('at', '>=', since)
      .where('at', '<', until)
      .min({ first: 'position' })
      .max({ last: 'position' })
      .first();
    const disposed = (await new SegmentStore(knex).list()).filter(
      ({ disposedAt, month }) =>
        disposedAt !== undefined &&
        beginOf(month) >= since &&
        beginOf(monthsAfter(month, 1)) <= until,
    );
    const starts = disposed.map(({ start }) => start);
    const ends = disposed.map(({ end }) => end);
    if (range?.first !== null && range?.first !== undefined) {
      starts.push(Number(range.first));
      ends.push(Number(range.last) + 1);
    }
    return starts.length
      ? { start: Math.min(...starts), end: Math.max(...ends) }
      : { start: 0, end: 0 };
  }

  async #lines(
    context: RequestContext,
    query: ExportQuery,
    start: number,
    end: number,
  ): Promise<AsyncIterable<string>> {
    if (query.format === 'ocsf') return this.#ocsfLines(query);
    const { knex, verifier } = this.#options;
    const { since, until } = query;
    return exportLines({
      source: new DatabaseExportSource(knex),
      start,
      end,
      checkpoint: await this.#options.checkpointOf(end),
      verifierKey: verifier!.vkey,
      about: {
        since,
        until,
        requestedBy: context.actor,
        exportedAt: new Date().toISOString(),
      },
    });
  }

  /** Records whether all lines went out. */
  async *#noting(
    event: Omit<AuditEntry, 'outcome'>,
    lines: AsyncIterable<string>,
  ): AsyncGenerator<string> {
    let isWhole = false;
    try {
      yield* lines;
      isWhole = true;
    } finally {
      const outcome = isWhole ? 'succeeded' : 'failed';
      await this.#options.log.record({ ...event, outcome });
    }
  }

  async *#ocsfLines({ since, until }: ExportQuery): AsyncGenerator<string> {
    const { log } = this.#options;
    let cursor: string | undefined;
    do {
      const page = await log.list({ since, until, cursor, limit: 1_000 });
      for (const event of page.items)
        yield `${JSON.stringify(toOcsf(event))}\n`;
      cursor = page.nextCursor;
    } while (cursor);
  }
}
