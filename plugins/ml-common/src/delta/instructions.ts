/**
 * Media type of a chunk of an upload that is told as a difference: instructions
 * one after the other, each in front of the bytes that it brings.
 * @public
 */
export const DELTA_MEDIA_TYPE = 'application/vnd.ml-platform.upload-delta.v1';

/**
 * Header with the digest of the blob that a difference takes bytes from.
 * @public
 */
export const DELTA_BASE_HEADER = 'upload-delta-base';

/**
 * What a registry knows about the content of a blob.
 * @public
 */
export interface BlobChunks {
  /** Average size that the chunks were cut with. */
  average: number;
  /** Size and SHA-256 (hex) of each, in their order. */
  chunks: Array<[size: number, sha256: string]>;
}

/**
 * A step of a difference: bytes of the base from `start` on, or bytes that follow.
 * @public
 */
export type DeltaInstruction =
  | { kind: 'copy'; start: number; length: number }
  | { kind: 'data'; length: number };

/** @public */
export const DELTA_INSTRUCTION_BYTES = 17;

const COPY = 'C'.charCodeAt(0);
const DATA = 'D'.charCodeAt(0);

/**
 * `C` or `D`, then start and length as 64-bit numbers, highest byte first.
 * @public
 */
export function encodeDeltaInstruction(
  instruction: DeltaInstruction,
): Uint8Array {
  const bytes = new Uint8Array(DELTA_INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  const isCopy = instruction.kind === 'copy';
  view.setUint8(0, isCopy ? COPY : DATA);
  view.setBigUint64(1, BigInt(isCopy ? instruction.start : 0));
  view.setBigUint64(9, BigInt(instruction.length));
  return bytes;
}

/**
 * Undefined for what is no instruction.
 * @public
 */
export function decodeDeltaInstruction(
  bytes: Uint8Array,
): DeltaInstruction | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = view.getUint8(0);
  const start = Number(view.getBigUint64(1));
  const length = Number(view.getBigUint64(9));
  if (length < 1 || !Number.isSafeInteger(start + length)) return undefined;
  if (kind === COPY) return { kind: 'copy', start, length };
  return kind === DATA && start === 0 ? { kind: 'data', length } : undefined;
}
