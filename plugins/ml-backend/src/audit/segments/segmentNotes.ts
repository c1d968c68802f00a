import { type NoteVerifier, parseNote } from '../checkpoints/SignedNote';

/** A month of the log: its leaves from `start` up to, not including, `end`. */
export interface SegmentRange {
  month: string;
  start: number;
  end: number;
  /** SHA-256 over the hashes of its leaves. */
  digest: Buffer;
}

/** First lines, so that no such note is ever taken for another, nor for a checkpoint. */
const SEGMENT = 'ml-platform/audit-segment/v1';
const DISPOSAL = 'ml-platform/audit-disposal/v1';

/** The text that seals a month. */
export function segmentText(origin: string, range: SegmentRange): string {
  return `${SEGMENT}\n${origin}\n${rangeText(range)}`;
}

/** The text that says that the events of a month were removed, as two people wanted. */
export function disposalText(
  origin: string,
  range: SegmentRange,
  approval: string,
): string {
  return `${DISPOSAL}\n${origin}\n${rangeText(range)}${approval}\n`;
}

/** @throws Error when it is none, or is not signed by the key. */
export function openSegmentNote(
  note: string,
  verifier: NoteVerifier,
): SegmentRange {
  return open(note, verifier, SEGMENT, 6);
}

/** @throws Error when it is none, or is not signed by the key. */
export function openDisposalNote(
  note: string,
  verifier: NoteVerifier,
): SegmentRange & { approval: string } {
  const range = open(note, verifier, DISPOSAL, 7);
  return { ...range, approval: parseNote(note).text.split('\n')[6] };
}

function rangeText({ digest, end, month, start }: SegmentRange): string {
  return `${month}\n${start}\n${end}\n${digest.toString('base64')}\n`;
}

function open(
  note: string,
  verifier: NoteVerifier,
  kind: string,
  lines: number,
): SegmentRange {
  const parsed = parseNote(note);
  if (!verifier.isSigned(parsed)) {
    throw new Error(`it is not signed by ${verifier.name}`);
  }
  const parts = parsed.text.split('\n');
  const [found, origin, month, start, end, digest] = parts;
  if (
    found !== kind ||
    origin !== verifier.name ||
    parts.length !== lines + 1 ||
    !/^\d+$/.test(start) ||
    !/^\d+$/.test(end)
  ) {
    throw new Error(`it is no ${kind} of ${verifier.name}`);
  }
  return {
    month,
    start: Number(start),
    end: Number(end),
    digest: Buffer.from(digest, 'base64'),
  };
}
