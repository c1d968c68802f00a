import type {
  AuditFinding,
  AuditVerification,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { openCheckpoint } from '../checkpoints/checkpoint';
import type { CheckpointSink } from '../checkpoints/CheckpointSink';
import type { NoteVerifier } from '../checkpoints/SignedNote';
import { SegmentCheck } from '../segments/SegmentCheck';
import { SegmentStore } from '../segments/SegmentStore';
import { type KnownCheckpoint, LeafWalk, type LeafRow } from './LeafWalk';

const BATCH = 2_000;
/** Enough to see what happened. */
const MAX_FINDINGS = 20;

export interface AuditVerifierOptions {
  knex: Knex;
  sealKey?: Buffer;
  verifier?: NoteVerifier;
  sinks: CheckpointSink[];
}

/**
 * Checks the whole log: every entry against its seal and its leaf, all leaves
 * against the tree, the tree against every checkpoint, in the database and
 * outside it. Reads in batches; memory stays flat.
 */
export class AuditVerifier {
  readonly #options: AuditVerifierOptions;

  constructor(options: AuditVerifierOptions) {
    this.#options = options;
  }

  async verify(): Promise<AuditVerification> {
    const started = Date.now();
    const at = new Date(started).toISOString();
    const findings: AuditFinding[] = [];
    const checkpoints = await this.#readCheckpoints(findings);
    const { knex, sealKey, verifier } = this.#options;
    const segments = new SegmentCheck(
      await new SegmentStore(knex).list(),
      verifier,
      findings,
    );
    const walk = new LeafWalk(checkpoints, findings, segments, sealKey);

    let position = 0;
    for (;;) {
      const rows = await this.#leaves(position);
      for (const row of rows) walk.visit(row, position++);
      if (rows.length < BATCH) break;
    }
    walk.end(position);
    await this.#findUnrecorded(findings);
    await this.#compareHead(position, findings);
    return {
      at,
      entries: position,
      ...(walk.disposed && { disposed: walk.disposed }),
      checkpoints: checkpoints.length,
      durationMs: Date.now() - started,
      findings: order(findings).slice(0, MAX_FINDINGS),
    };
  }

  #leaves(from: number): Promise<LeafRow[]> {
    return this.#options
      .knex('ml_audit_leaves')
      .leftJoin(
        'ml_audit_events',
        'ml_audit_events.sequence',
        'ml_audit_leaves.sequence',
      )
      .where('position', '>=', from)
      .orderBy('position')
      .limit(BATCH)
      .select<LeafRow[]>(
        'ml_audit_events.*',
        'position',
        'hash',
        'ml_audit_leaves.sequence as leaf_sequence',
      );
  }

  /** All that is known of the log's past, smallest first. */
  async #readCheckpoints(findings: AuditFinding[]): Promise<KnownCheckpoint[]> {
    const { knex, sinks, verifier } = this.#options;
    if (!verifier) return [];
    const own = await knex('ml_audit_checkpoints').orderBy('id');
    const sources = [
      { source: 'the database', notes: own as Array<{ note: string }> },
    ];
    for (const sink of sinks) {
      try {
        sources.push({ source: sink.name, notes: await sink.read() });
      } catch (error) {
        findings.push({
          kind: 'checkpoint',
          message: `${sink.name} cannot be read: ${(error as Error).message}`,
        });
      }
    }
    const known: KnownCheckpoint[] = [];
    for (const { notes, source } of sources) {
      let before = 0;
      for (const { note } of notes) {
        try {
          const { root, size } = openCheckpoint(note, verifier);
          if (size < before) {
            findings.push({
              kind: 'checkpoint',
              position: size,
              message: `in ${source}, a checkpoint of ${size} entries follows one of ${before}: an old one was put in again`,
            });
          }
          before = size;
          known.push({ source, size, root });
        } catch (error) {
          findings.push({
            kind: 'checkpoint',
            position: before,
            message: `a checkpoint in ${source} cannot be trusted: ${
              (error as Error).message
            }`,
          });
        }
      }
    }
    return known.sort((a, b) => a.size - b.size);
  }

  /** Events that are neither in the tree nor on their way into it. */
  async #findUnrecorded(findings: AuditFinding[]): Promise<void> {
    const { knex } = this.#options;
    const lost = await knex('ml_audit_events')
      .whereNotExists(
        knex('ml_audit_leaves').whereRaw(
          'ml_audit_leaves.sequence = ml_audit_events.sequence',
        ),
      )
      .whereNotExists(
        knex('ml_audit_pending')
          .whereRaw('ml_audit_pending.sequence = ml_audit_events.sequence')
          .whereNull('refused'),
      )
      .orderBy('sequence')
      .limit(MAX_FINDINGS)
      .select('id', 'sequence');
    const refused = await knex('ml_audit_pending')
      .whereNotNull('refused')
      .select('sequence', 'refused');
    const reasons = new Map(
      refused.map(row => [Number(row.sequence), String(row.refused)]),
    );
    for (const { id, sequence } of lost) {
      const reason = reasons.get(Number(sequence));
      findings.push({
        kind: reason ? 'forged' : 'unrecorded',
        event: id,
        message: reason
          ? `event ${id} was not written by the platform: ${reason}`
          : `event ${id} is neither in the tree nor on its way into it`,
      });
    }
  }

  async #compareHead(size: number, findings: AuditFinding[]): Promise<void> {
    const head = await this.#options
      .knex('ml_audit_head')
      .where({ id: 1 })
      .first();
    // It grows while it is checked.
    if (Number(head?.size ?? 0) >= size) return;
    findings.push({
      kind: 'tree',
      position: Number(head?.size ?? 0),
      message: `the log's head says ${head?.size} entries, but there are ${size}`,
    });
  }
}

/** The first bad entry first; what says exactly which one before what says about where. */
function order(findings: AuditFinding[]): AuditFinding[] {
  return [...findings].sort(
    (a, b) =>
      Number(!a.event && a.kind !== 'missing') -
        Number(!b.event && b.kind !== 'missing') ||
      (a.position ?? Infinity) - (b.position ?? Infinity),
  );
}
