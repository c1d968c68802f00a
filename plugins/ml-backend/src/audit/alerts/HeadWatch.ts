import type { Knex } from 'knex';
import { DatabaseTree } from '../tree/DatabaseTree';
import { MerkleTree } from '../tree/MerkleTree';
import type { NewAlert } from './AuditAlerts';

/** Between two looks the clocks may drift apart by this much; NTP slews less. */
const STEP_MS = 30_000;

export interface HeadWatchOptions {
  knex: Knex;
  /** Time of the day, which may be set, and time that only goes on; milliseconds. */
  clocks?: { wall: () => number; steady: () => number };
}

/**
 * Looks at the end of the log as often as it likes, for it reads a few rows
 * only: it must grow out of what it was, without a gap, and time must go on.
 */
export class HeadWatch {
  readonly #knex: Knex;
  readonly #tree: DatabaseTree;
  readonly #clocks: { wall: () => number; steady: () => number };
  #seen: { size: number; root: Buffer } | undefined;
  #clock: { wall: number; steady: number } | undefined;

  constructor(options: HeadWatchOptions) {
    this.#knex = options.knex;
    this.#tree = new DatabaseTree(options.knex);
    this.#clocks = options.clocks ?? {
      wall: () => Date.now(),
      steady: () => Number(process.hrtime.bigint() / 1_000_000n),
    };
  }

  async look(): Promise<NewAlert[]> {
    return [...this.#lookAtClock(), ...(await this.#lookAtHead())];
  }

  #lookAtClock(): NewAlert[] {
    const now = { wall: this.#clocks.wall(), steady: this.#clocks.steady() };
    const before = this.#clock;
    this.#clock = now;
    if (!before) return [];
    const step = now.wall - before.wall - (now.steady - before.steady);
    if (Math.abs(step) < STEP_MS) return [];
    const at = new Date(now.wall).toISOString();
    const [seconds, way] = [
      Math.round(Math.abs(step) / 1000),
      step < 0 ? 'back' : 'ahead',
    ];
    return [
      {
        kind: 'clock',
        subject: `clock:${at}`,
        message: `the clock of the platform was set ${way} by ${seconds} s shortly before ${at}: entries from then on are dated by it`,
      },
    ];
  }

  async #lookAtHead(): Promise<NewAlert[]> {
    const { gap, signed, size } = await this.#knex.transaction(async trx => {
      const { size: head } = await new DatabaseTree(trx).lock();
      const last = await trx('ml_audit_leaves')
        .max({ position: 'position' })
        .first();
      const newest = await trx('ml_audit_checkpoints')
        .max({ size: 'size' })
        .first();
      const leaves = last?.position === null ? 0 : Number(last?.position) + 1;
      return {
        size: head,
        gap: leaves === head ? undefined : leaves,
        signed: Number(newest?.size ?? 0),
      };
    });
    if (gap !== undefined) {
      return [
        {
          kind: 'gap',
          subject: `gap:${size}:${gap}`,
          message: `the log says that it has ${size} entries, but its tree ends at ${gap}`,
        },
      ];
    }
    const known = Math.max(signed, this.#seen?.size ?? 0);
    if (size < known) {
      return [
        {
          kind: 'head-moved-back',
          subject: `head:${known}:${size}`,
          message: `the log had ${known} entries and has ${size} now: entries were cut off, or an old copy of the database was put in its place`,
        },
      ];
    }
    const tree = new MerkleTree(this.#tree);
    const seen = this.#seen;
    if (seen && !(await tree.root(seen.size)).equals(seen.root)) {
      return [
        {
          kind: 'head-moved-back',
          subject: `root:${seen.size}:${seen.root.toString('hex')}`,
          message: `the first ${seen.size} entries of the log are not those that it had a while ago`,
        },
      ];
    }
    this.#seen = { size, root: await tree.root(size) };
    return [];
  }
}
