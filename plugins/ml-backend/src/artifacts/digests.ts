import { createHash, type Hash } from 'node:crypto';

/** Hex digits of a digest, by algorithm. */
const HEX_DIGITS = { sha256: 64, sha512: 128 } as const;

/** Algorithms of digests that the store takes. */
export type DigestAlgorithm = keyof typeof HEX_DIGITS;

/** Used where nobody names another. */
export const CANONICAL: DigestAlgorithm = 'sha256';

export const DIGEST_ALGORITHMS = Object.keys(HEX_DIGITS) as DigestAlgorithm[];

export function isDigest(text: string): boolean {
  const [algorithm, hex, ...rest] = text.split(':');
  return (
    !rest.length &&
    Object.hasOwn(HEX_DIGITS, algorithm) &&
    hex?.length === HEX_DIGITS[algorithm as DigestAlgorithm] &&
    /^[0-9a-f]+$/.test(hex)
  );
}

/** @param digest - already checked */
export function splitDigest(digest: string): {
  algorithm: DigestAlgorithm;
  hex: string;
} {
  const [algorithm, hex] = digest.split(':');
  return { algorithm: algorithm as DigestAlgorithm, hex };
}

/** A running hash that ends in a digest. */
export class DigestHash {
  readonly algorithm: DigestAlgorithm;
  readonly #hash: Hash;

  constructor(algorithm: DigestAlgorithm = CANONICAL) {
    this.algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  update(bytes: Buffer): void {
    this.#hash.update(bytes);
  }

  /** The digest of the bytes so far; more may follow. */
  digest(): string {
    return `${this.algorithm}:${this.#hash.copy().digest('hex')}`;
  }
}

export function digestOf(
  content: Buffer,
  algorithm: DigestAlgorithm = CANONICAL,
): string {
  const hash = new DigestHash(algorithm);
  hash.update(content);
  return hash.digest();
}
