import { createHash, type Hash } from 'node:crypto';
import type { AuditFinding } from '@ml-platform/plugin-ml-common';
import type { NoteVerifier } from '../checkpoints/SignedNote';
import {
  openDisposalNote,
  openSegmentNote,
  type SegmentRange,
} from './segmentNotes';
import type { StoredSegment } from './SegmentStore';

/**
 * Compares the leaves, in their order, with what the seals of the months say,
 * and tells which events were disposed of, by what the platform has signed.
 */
export class SegmentCheck {
  readonly #segments: SegmentRange[] = [];
  readonly #disposed: SegmentRange[] = [];
  readonly #findings: AuditFinding[];
  #next = 0;
  #hash: Hash | undefined;

  constructor(
    stored: StoredSegment[],
    verifier: NoteVerifier | undefined,
    findings: AuditFinding[],
  ) {
    this.#findings = findings;
    if (!verifier) return;
    let end = 0;
    for (const segment of stored) {
      try {
        const sealed = openSegmentNote(segment.note, verifier);
        if (!isSame(sealed, segment) || sealed.start !== end) {
          throw new Error('it is of other entries');
        }
        this.#segments.push(sealed);
        if (segment.disposalNote) {
          const disposed = openDisposalNote(segment.disposalNote, verifier);
          if (!isSame(disposed, sealed)) {
            throw new Error('its disposal is of other entries');
          }
          this.#disposed.push(disposed);
        }
      } catch (error) {
        findings.push({
          kind: 'segment',
          position: segment.start,
          message: `the seal of ${segment.month} cannot be trusted: ${
            (error as Error).message
          }`,
        });
      }
      end = segment.end;
    }
  }

  isDisposed(position: number): boolean {
    return this.#disposed.some(
      ({ end, start }) => start <= position && position < end,
    );
  }

  visit(leaf: Buffer, position: number): void {
    const segment = this.#segments[this.#next];
    if (!segment || position < segment.start) return;
    this.#hash ??= createHash('sha256');
    this.#hash.update(leaf);
    if (position < segment.end - 1) return;
    if (!this.#hash.digest().equals(segment.digest)) {
      this.#findings.push({
        kind: 'segment',
        position: segment.start,
        message: `the entries of ${segment.month} are not those that were sealed`,
      });
    }
    this.#hash = undefined;
    this.#next += 1;
  }
}

function isSame(one: SegmentRange, other: SegmentRange): boolean {
  return (
    one.month === other.month &&
    one.start === other.start &&
    one.end === other.end &&
    one.digest.equals(other.digest)
  );
}
