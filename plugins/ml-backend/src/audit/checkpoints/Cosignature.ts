import {
  createHash,
  createPublicKey,
  type KeyObject,
  verify,
} from 'node:crypto';
import { parseNote } from './SignedNote';

/** The algorithm byte of timestamped Ed25519 cosignatures in keys of C2SP. */
const COSIGNATURE = 4;
const RAW_KEY_SIZE = 32;
const SIGNATURE_SIZE = 8 + 64;
/** DER before the raw bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Checks what a witness signs, {@link https://c2sp.org/tlog-cosignature | C2SP tlog-cosignature}. */
export class CosignatureVerifier {
  readonly name: string;
  readonly #keyHash: Buffer;
  readonly #key: KeyObject;

  /**
   * @param vkey - as C2SP writes it: `<name>+<hash as hex>+<base64 of 0x04 and the key>`
   * @throws Error when it is none
   */
  constructor(vkey: string) {
    const [, name, hash, encoded] =
      /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
    const typed = Buffer.from(encoded ?? '', 'base64');
    if (typed.length !== RAW_KEY_SIZE + 1 || typed[0] !== COSIGNATURE) {
      throw new Error(
        `'${vkey.slice(
          0,
          80,
        )}' is no key of a witness: it must begin with the byte 0x04`,
      );
    }
    this.name = name;
    this.#keyHash = createHash('sha256')
      .update(`${name}\n`)
      .update(typed)
      .digest()
      .subarray(0, 4);
    if (this.#keyHash.toString('hex') !== hash) {
      throw new Error(`the hash in '${vkey.slice(0, 80)}' is of another key`);
    }
    this.#key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, typed.subarray(1)]),
      format: 'der',
      type: 'spki',
    });
  }

  /** When the witness saw the checkpoint, in seconds; undefined when it did not sign it. */
  timeIn(note: string): number | undefined {
    const { signatures, text } = parseNote(note);
    for (const { keyHash, name, signature } of signatures) {
      const isOurs = name === this.name && keyHash.equals(this.#keyHash);
      if (!isOurs || signature.length !== SIGNATURE_SIZE) continue;
      const time = signature.readBigUInt64BE(0);
      const message = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
      if (verify(undefined, message, this.#key, signature.subarray(8))) {
        return Number(time);
      }
    }
    return undefined;
  }
}
