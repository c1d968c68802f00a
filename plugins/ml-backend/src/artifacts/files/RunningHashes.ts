import { CANONICAL, type DigestAlgorithm, DigestHash } from '../digests';

interface RunningHash {
  hash: DigestHash;
  /** Bytes of the upload that went into the hash. */
  offset: number;
}

/**
 * Hashes of uploads under way, of their bytes so far: the only thing that is
 * held in memory between two chunks. A restart loses them, and whoever needs
 * one then makes it anew from the stored bytes.
 */
export class RunningHashes {
  readonly #hashes = new Map<string, RunningHash>();

  /**
   * Takes the hash out, to go on with it from the offset.
   * @returns undefined when there is none for just these bytes
   */
  take(id: string, offset: number): DigestHash | undefined {
    const running = this.#hashes.get(id);
    this.#hashes.delete(id);
    if (running?.offset === offset) return running.hash;
    return offset === 0 ? new DigestHash(CANONICAL) : undefined;
  }

  put(id: string, hash: DigestHash, offset: number): void {
    this.#hashes.set(id, { hash, offset });
  }

  /** Bytes that went into the hash; undefined when there is none. */
  offset(id: string): number | undefined {
    return this.#hashes.get(id)?.offset;
  }

  /** @returns undefined when it has to be made anew */
  digest(
    id: string,
    options: { size: number; algorithm: DigestAlgorithm },
  ): string | undefined {
    const running = this.#hashes.get(id);
    return running?.offset === options.size &&
      running.hash.algorithm === options.algorithm
      ? running.hash.digest()
      : undefined;
  }

  forget(id: string): void {
    this.#hashes.delete(id);
  }
}
