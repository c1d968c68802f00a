import { createHash } from 'node:crypto';

/** Bytes of a hash. */
export const HASH_SIZE = 32;

/** Hash of the tree with no leaf (RFC 6962, 2.1). */
export const EMPTY_ROOT = createHash('sha256').digest();

/** Hash of a leaf (RFC 6962, 2.1): SHA-256 over 0x00 and the entry. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(entry).digest();
}

/** Hash of an inner node (RFC 6962, 2.1): SHA-256 over 0x01 and both children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(left)
    .update(right)
    .digest();
}
