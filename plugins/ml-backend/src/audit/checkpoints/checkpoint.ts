import { HASH_SIZE } from '../tree/hashes';
import { type NoteVerifier, parseNote } from './SignedNote';

/** A state of the log: its first `size` entries, by the root of their tree. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Buffer;
}

/** The text that is signed, as {@link https://c2sp.org/tlog-checkpoint | C2SP tlog-checkpoint} defines it. */
export function checkpointText({ origin, root, size }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * Reads a signed checkpoint.
 * @throws Error when it is none, is of another log, or is not signed by the key.
 */
export function openCheckpoint(
  note: string,
  verifier: NoteVerifier,
): Checkpoint {
  const parsed = parseNote(note);
  if (!verifier.isSigned(parsed)) {
    throw new Error(`it is not signed by ${verifier.name}`);
  }
  const [origin, size, root] = parsed.text.split('\n');
  const hash = Buffer.from(root ?? '', 'base64');
  if (!/^(0|[1-9]\d{0,15})$/.test(size ?? '') || hash.length !== HASH_SIZE) {
    throw new Error('it is no checkpoint');
  }
  if (origin !== verifier.name) {
    throw new Error(`it is of the log '${origin}'`);
  }
  return { origin, size: Number(size), root: hash };
}

/** The size that a note of ours says; for one that was signed just now. */
export function sizeIn(note: string): number {
  return Number(note.split('\n')[1]);
}
