import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

/** The algorithm byte of Ed25519 in key hashes of C2SP signed notes. */
const ED25519 = 1;
const RAW_KEY_SIZE = 32;
/** DER before the raw bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Text with signatures below it, as {@link https://c2sp.org/signed-note | C2SP signed-note}
 * defines it: the text ends with a line break, an empty line follows, then one
 * line `— <name> <base64 of key hash and signature>` a signature.
 */
export interface SignedNote {
  text: string;
  signatures: Array<{ name: string; keyHash: Buffer; signature: Buffer }>;
}

/** @throws Error when it is no signed note. */
export function parseNote(note: string): SignedNote {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) {
    throw new Error('it is no signed note: there is no empty line');
  }
  const signatures = note
    .slice(end + 2, -1)
    .split('\n')
    .map(line => {
      const [, name, encoded] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
      const bytes = Buffer.from(encoded ?? '', 'base64');
      if (!name || bytes.length < 5) {
        throw new Error(`it is no signed note: '${line.slice(0, 80)}'`);
      }
      const [keyHash, signature] = [bytes.subarray(0, 4), bytes.subarray(4)];
      return { name, keyHash, signature };
    });
  return { text: note.slice(0, end + 1), signatures };
}

/** Checks signatures of one name and key. */
export class NoteVerifier {
  /** From a verifier key as C2SP writes it: `<name>+<hash as hex>+<base64 of 0x01 and the key>`. */
  static parse(vkey: string): NoteVerifier {
    const [, name, hash, encoded] =
      /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (bytes.length !== RAW_KEY_SIZE + 1 || bytes[0] !== ED25519) {
      throw new Error(`'${vkey.slice(0, 80)}' is no Ed25519 verifier key`);
    }
    const verifier = new NoteVerifier(name, bytes.subarray(1));
    if (verifier.keyHash.toString('hex') !== hash) {
      throw new Error(`the hash in '${vkey.slice(0, 80)}' is of another key`);
    }
    return verifier;
  }

  readonly name: string;
  readonly keyHash: Buffer;
  /** The key as C2SP writes it. */
  readonly vkey: string;
  readonly #key: KeyObject;

  constructor(name: string, publicKey: Uint8Array) {
    const typed = Buffer.concat([Buffer.of(ED25519), publicKey]);
    this.name = name;
    this.keyHash = createHash('sha256')
      .update(`${name}\n`)
      .update(typed)
      .digest()
      .subarray(0, 4);
    this.vkey = `${name}+${this.keyHash.toString('hex')}+${typed.toString(
      'base64',
    )}`;
    this.#key = createPublicKey({
      key: Buffer.concat([SPKI_PREFIX, publicKey]),
      format: 'der',
      type: 'spki',
    });
  }

  isSigned({ signatures, text }: SignedNote): boolean {
    return signatures.some(
      entry =>
        entry.name === this.name &&
        entry.keyHash.equals(this.keyHash) &&
        verify(undefined, Buffer.from(text), this.#key, entry.signature),
    );
  }
}

/** Signs notes with an Ed25519 key. */
export class NoteSigner {
  readonly verifier: NoteVerifier;
  readonly #key: KeyObject;

  /** @param key - PEM, or a seed of 32 bytes */
  constructor(name: string, key: string | Uint8Array) {
    this.#key =
      typeof key === 'string' ? createPrivateKey(key) : seedToKey(key);
    if (this.#key.asymmetricKeyType !== 'ed25519') {
      throw new Error(
        `the key is of the type ${this.#key.asymmetricKeyType}, not ed25519`,
      );
    }
    const spki = createPublicKey(this.#key).export({
      format: 'der',
      type: 'spki',
    });
    this.verifier = new NoteVerifier(name, spki.subarray(-RAW_KEY_SIZE));
  }

  sign(text: string): string {
    const { keyHash, name } = this.verifier;
    const signature = sign(undefined, Buffer.from(text), this.#key);
    const line = Buffer.concat([keyHash, signature]).toString('base64');
    return `${text}\n— ${name} ${line}\n`;
  }
}

function seedToKey(seed: Uint8Array): KeyObject {
  // DER before the seed of an Ed25519 private key (RFC 8410).
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  return createPrivateKey({
    key: Buffer.concat([prefix, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}
