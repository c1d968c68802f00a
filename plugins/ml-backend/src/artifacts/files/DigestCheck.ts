import {
  pipeline,
  type Readable,
  Transform,
  type TransformCallback,
} from 'node:stream';
import { DigestHash, splitDigest } from '../digests';

/** Stored bytes are no longer those that were pushed. */
export class CorruptedBlobError extends Error {
  readonly name = 'CorruptedBlobError';

  constructor(readonly digest: string, finding: string) {
    super(
      `the blob ${digest} is corrupted in the storage: ${finding}; push the same content again to repair it`,
    );
  }
}

/**
 * Passes a whole blob through and checks its digest. The last piece is held
 * back until the check is done: a reader of corrupted bytes gets an error and
 * fewer bytes than announced, never a complete body.
 */
export class DigestCheck extends Transform {
  readonly #hash: DigestHash;
  readonly #digest: string;
  #last?: Buffer;

  constructor(digest: string) {
    super();
    this.#digest = digest;
    this.#hash = new DigestHash(splitDigest(digest).algorithm);
  }

  _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: TransformCallback,
  ): void {
    this.#hash.update(chunk);
    const previous = this.#last;
    this.#last = chunk;
    done(null, previous);
  }

  _flush(done: TransformCallback): void {
    const found = this.#hash.digest();
    if (found === this.#digest) {
      done(null, this.#last);
    } else {
      done(new CorruptedBlobError(this.#digest, `its digest is ${found}`));
    }
  }
}

/** The blob's bytes, checked while they are read. */
export function checkedAgainst(
  digest: string,
  bytes: Readable,
  onCorrupted: (error: Error) => void,
): Readable {
  return pipeline(bytes, new DigestCheck(digest), error => {
    if (error instanceof CorruptedBlobError) onCorrupted(error);
  });
}
