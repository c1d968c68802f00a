import type { Knex } from 'knex';
import { DatabaseTree } from '../tree/DatabaseTree';
import { MerkleTree } from '../tree/MerkleTree';
import {
  type CheckpointSink,
  Contradiction,
  type KeptCheckpoint,
} from './CheckpointSink';
import { sizeIn } from './checkpoint';
import { CosignatureVerifier } from './Cosignature';

const TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;

export interface WitnessSinkOptions {
  knex: Knex;
  /** Where `add-checkpoint` is below. */
  url: string;
  /** The witness's key, as C2SP writes it. */
  key: string;
}

/**
 * Shows each checkpoint to a witness, which signs it too if the log still begins
 * with what it saw last: {@link https://c2sp.org/tlog-witness | C2SP tlog-witness}.
 * The witness remembers by itself. What is in the database of it is only where
 * to go on from, and is not believed when the witness says otherwise.
 */
export class WitnessSink implements CheckpointSink {
  readonly name: string;
  readonly kind = 'witness';
  readonly #options: WitnessSinkOptions;
  readonly #verifier: CosignatureVerifier;
  readonly #tree: DatabaseTree;

  constructor(options: WitnessSinkOptions) {
    this.#options = options;
    this.#verifier = new CosignatureVerifier(options.key);
    this.#tree = new DatabaseTree(options.knex);
    this.name = `witness ${this.#verifier.name}`;
  }

  async newest(): Promise<KeptCheckpoint | undefined> {
    const row = await this.#row();
    return row && { at: row.at, note: row.note };
  }

  async read(): Promise<KeptCheckpoint[]> {
    const newest = await this.newest();
    return newest ? [newest] : [];
  }

  async write(note: string, at: string): Promise<void> {
    const size = sizeIn(note);
    let old = Number((await this.#row())?.size ?? 0);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if (old > size) await this.#requireKnown(old);
      const proof =
        old > 0 && old < size
          ? await new MerkleTree(this.#tree).consistencyProof(old, size)
          : [];
      const hashes = proof.map(hash => `${hash.toString('base64')}\n`).join('');
      const response = await this.#post(`old ${old}\n${hashes}\n${note}`);
      const text = await response.text();
      switch (response.status) {
        case 200:
          await this.#keep(`${note}${text}`, at, size);
          return;
        case 409: {
          const seen = Number(text);
          if (!Number.isSafeInteger(seen) || seen < 0) {
            throw new Error(`the witness answered 409 without a size`);
          }
          old = seen;
          break;
        }
        case 422:
          throw new Contradiction(
            `its first ${old} entries are not those that the ${this.name} has seen`,
          );
        case 403:
          throw new Error('the witness does not trust the key of this log');
        case 404:
          throw new Error('the witness does not know this log by its name');
        default:
          throw new Error(`the witness answered ${response.status}`);
      }
    }
    throw new Error('the witness goes on with checkpoints of somebody else');
  }

  /** Another process of the platform may have been faster; else entries are gone. */
  async #requireKnown(seen: number): Promise<never> {
    const size = await this.#tree.size();
    if (seen <= size) throw new Error('a newer checkpoint was there already');
    throw new Contradiction(
      `it has ${size} entries, but the ${this.name} has seen ${seen} of them`,
    );
  }

  async #post(body: string): Promise<Response> {
    return fetch(`${this.#options.url.replace(/\/+$/, '')}/add-checkpoint`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  async #keep(note: string, at: string, size: number): Promise<void> {
    if (this.#verifier.timeIn(note) === undefined) {
      throw new Error('the witness answered without its signature');
    }
    const row = { witness: this.#verifier.name, size, at, note };
    await this.#options
      .knex('ml_audit_cosignatures')
      .insert(row)
      .onConflict('witness')
      .merge();
  }

  #row(): Promise<{ size: number; at: string; note: string } | undefined> {
    return this.#options
      .knex('ml_audit_cosignatures')
      .where({ witness: this.#verifier.name })
      .first();
  }
}
