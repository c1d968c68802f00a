import type { AuditFinding } from '@ml-platform/plugin-ml-common';
import { entryBytes, isSealedBy } from '../entry';
import { type EventRow, toEvent } from '../rows';
import { GrowingRoot } from '../tree/GrowingRoot';
import type { SegmentCheck } from '../segments/SegmentCheck';
import { leafHash } from '../tree/hashes';

/** Entries are in the order of their commits; a transaction may take this long. */
const CLOCK_TOLERANCE_MS = 60_000;
/** More say nothing new, and a log that was rewritten has one an entry. */
const MAX_FINDINGS = 200;

/** A leaf with its event; the event's columns are null when it is gone. */
export interface LeafRow extends Omit<EventRow, 'id'> {
  id: string | null;
  position: number | string;
  hash: string;
}

export interface KnownCheckpoint {
  size: number;
  root: Buffer;
  /** Where it is kept. */
  source: string;
}

/** One way through all leaves, in their order, beside what is known of their past. */
export class LeafWalk {
  readonly #checkpoints: KnownCheckpoint[];
  readonly #findings: AuditFinding[];
  readonly #sealKey: Buffer | undefined;
  readonly #segments: SegmentCheck;
  readonly #recorded = new GrowingRoot();
  #next = 0;
  #latest = 0;
  #sealed = false;
  /** From here on the tree is not that of the checkpoints, so more of them say nothing. */
  #diverged = false;
  /** Where the newest checkpoint that agreed ends. */
  #agreed = 0;
  #disposed = 0;

  constructor(
    checkpoints: KnownCheckpoint[],
    findings: AuditFinding[],
    segments: SegmentCheck,
    sealKey: Buffer | undefined,
  ) {
    this.#segments = segments;
    this.#checkpoints = checkpoints;
    this.#findings = findings;
    this.#sealKey = sealKey;
  }

  /** Entries whose events were disposed of. */
  get disposed(): number {
    return this.#disposed;
  }

  visit(row: LeafRow, expected: number): void {
    this.#compare(expected);
    const position = Number(row.position);
    if (position !== expected) {
      this.#report('tree', expected, undefined, `leaf ${expected} is missing`);
    }
    const recorded = Buffer.from(row.hash, 'hex');
    this.#recorded.append(recorded);
    this.#segments.visit(recorded, expected);
    this.#checkEntry(row, expected, recorded);
  }

  /** After the last leaf. */
  end(size: number): void {
    this.#compare(size);
    const beyond = this.#checkpoints[this.#next];
    if (beyond) {
      this.#report(
        'cut',
        size,
        undefined,
        `the log has ${size} entries, but a checkpoint in ${beyond.source} covers ${beyond.size}: the entries from ${size} on were cut off`,
      );
    }
  }

  #checkEntry(row: LeafRow, position: number, recorded: Buffer): void {
    const isDisposed = this.#segments.isDisposed(position);
    if (row.id === null && isDisposed) {
      this.#disposed += 1;
      return;
    }
    if (row.id !== null && isDisposed) {
      const what = `entry ${position} was disposed of, and is there again`;
      this.#report('forged', position, row.id, what);
      return;
    }
    if (row.id === null) {
      const what = `entry ${position} was removed`;
      this.#report('missing', position, undefined, what);
      return;
    }
    let bytes: Buffer;
    try {
      bytes = entryBytes(toEvent(row as EventRow));
    } catch {
      const what = `entry ${position} was changed: its details are no JSON`;
      this.#report('changed', position, row.id, what);
      return;
    }
    if (leafHash(bytes).equals(recorded)) {
      this.#checkSeal(row, bytes, position);
    } else {
      const what = `entry ${position} is not what was recorded there: it was changed, or another one was put in its place`;
      this.#report('changed', position, row.id, what);
    }
    this.#checkClock(row, position);
  }

  #checkSeal(row: LeafRow, bytes: Buffer, position: number): void {
    if (!this.#sealKey) return;
    if (row.seal) this.#sealed = true;
    if (row.seal ? isSealedBy(bytes, row.seal, this.#sealKey) : !this.#sealed) {
      return;
    }
    const what = `entry ${position} was not written by the platform: its seal is ${
      row.seal ? 'wrong' : 'missing'
    }`;
    this.#report('forged', position, row.id!, what);
  }

  #checkClock(row: LeafRow, position: number): void {
    const time = Date.parse(row.at);
    if (time < this.#latest - CLOCK_TOLERANCE_MS) {
      const back = Math.round((this.#latest - time) / 1000);
      const what = `entry ${position} is dated ${back} s before an earlier one: the clock was set back, or the entry was dated back`;
      this.#report('clock', position, row.id!, what);
    }
    this.#latest = Math.max(this.#latest, time);
  }

  /** Compares with the checkpoints that cover exactly the leaves so far. */
  #compare(size: number): void {
    for (;;) {
      const known = this.#checkpoints[this.#next];
      if (!known || known.size > size) return;
      this.#next += 1;
      if (this.#diverged) continue;
      const root = this.#recorded.root();
      if (root.equals(known.root)) {
        this.#agreed = known.size;
        continue;
      }
      this.#diverged = true;
      this.#report(
        'rewritten',
        this.#agreed,
        undefined,
        `the log is not the one that ${known.source} saw at ${
          known.size
        } entries: it was rewritten from an entry between ${this.#agreed} and ${
          known.size - 1
        } on`,
      );
    }
  }

  #report(
    kind: AuditFinding['kind'],
    position: number,
    event: string | undefined,
    message: string,
  ): void {
    if (this.#findings.length >= MAX_FINDINGS) return;
    this.#findings.push({ kind, position, event, message });
  }
}
