import type { LoggerService } from '@backstage/backend-plugin-api';
import type { AuditAnchor } from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { DatabaseTree } from '../tree/DatabaseTree';
import { MerkleTree } from '../tree/MerkleTree';
import { checkpointText, openCheckpoint } from './checkpoint';
import { type CheckpointSink, Contradiction } from './CheckpointSink';
import type { NoteSigner } from './SignedNote';

/** A checkpoint is due when the tree has grown by this many entries. */
const ENTRIES = 1_000;
const LONGEST_CHECK_MS = 1_000;

export interface CheckpointerOptions {
  knex: Knex;
  logger: LoggerService;
  signer: NoteSigner;
  sinks: CheckpointSink[];
  /** A checkpoint is due this long after the tree has grown, in milliseconds. */
  intervalMs: number;
}

/**
 * Signs the state of the log and takes it out of the database's reach: every
 * minute or 1,000 entries, whichever comes first. Before it writes to a sink it
 * makes sure that the log still contains what the sink saw last; if not, the
 * log was cut or rewritten, and it signs nothing any more.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #tree: DatabaseTree;
  readonly #anchors = new Map<string, AuditAnchor>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #signed: { size: number; at: number } | undefined;
  #contradiction: string | undefined;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#tree = new DatabaseTree(options.knex);
    for (const { kind, name } of options.sinks) {
      this.#anchors.set(name, { name, kind });
    }
  }

  start(): void {
    const every = Math.min(LONGEST_CHECK_MS, this.#options.intervalMs);
    this.#timer = setInterval(() => this.#tick(), every);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  get anchors(): AuditAnchor[] {
    return [...this.#anchors.values()];
  }

  /** What a sink knows and the log denies, in one sentence. */
  get contradiction(): string | undefined {
    return this.#contradiction;
  }

  /** Signs what is in the tree now, if there is something new. */
  checkpoint(): Promise<void> {
    const next = this.#running.then(() => this.#checkpoint());
    this.#running = next.catch(() => {});
    return next;
  }

  #tick(): void {
    const { intervalMs, logger } = this.#options;
    this.#running = this.#running
      .then(async () => {
        const size = await this.#tree.size();
        const grown = size - (this.#signed?.size ?? 0);
        const waited = Date.now() - (this.#signed?.at ?? 0);
        if (grown >= ENTRIES || (grown !== 0 && waited >= intervalMs)) {
          await this.#checkpoint();
        }
      })
      .catch(error =>
        logger.error('The audit log could not be checkpointed', error),
      );
  }

  async #checkpoint(): Promise<void> {
    const { knex, signer, sinks } = this.#options;
    if (this.#contradiction) return;
    const size = await this.#tree.size();
    for (const sink of sinks) await this.#compare(sink, size);
    if (this.#contradiction) return;

    const last = await knex('ml_audit_checkpoints')
      .orderBy('id', 'desc')
      .first();
    let { at, note }: { at: string; note: string } = last ?? {};
    if (Number(last?.size ?? -1) !== size) {
      const root = await new MerkleTree(this.#tree).root(size);
      const origin = signer.verifier.name;
      note = signer.sign(checkpointText({ origin, size, root }));
      at = new Date().toISOString();
      await knex('ml_audit_checkpoints').insert({ size, at, note });
    }
    this.#signed = { size, at: Date.now() };
    await Promise.all(
      sinks.map(sink => this.#publish(sink, { at, note, size })),
    );
  }

  /** The log must contain what the sink has seen. */
  async #compare(sink: CheckpointSink, size: number): Promise<void> {
    const { signer } = this.#options;
    const anchor = this.#anchors.get(sink.name)!;
    let newest: { at: string; note: string } | undefined;
    try {
      newest = await sink.newest();
    } catch (error) {
      anchor.problem = (error as Error).message;
      return;
    }
    if (!newest) return;
    let problem: string | undefined;
    try {
      const seen = openCheckpoint(newest.note, signer.verifier);
      anchor.size = seen.size;
      anchor.at = newest.at;
      // Another process of the platform may have grown and shown it meanwhile.
      if (seen.size > size && seen.size > (await this.#tree.size())) {
        problem = `it has ${size} entries, but ${sink.name} has seen ${seen.size} of them`;
      } else {
        const root = await new MerkleTree(this.#tree).root(seen.size);
        if (!root.equals(seen.root)) {
          problem = `its first ${seen.size} entries are not those that ${sink.name} has seen`;
        }
      }
    } catch (error) {
      problem = `the newest checkpoint in ${sink.name} cannot be trusted: ${
        (error as Error).message
      }`;
    }
    if (problem) this.#contradict(problem);
  }

  #contradict(problem: string): void {
    this.#contradiction = problem;
    this.#options.logger.error(`The audit log was tampered with: ${problem}`);
  }

  async #publish(
    sink: CheckpointSink,
    { at, note, size }: { at: string; note: string; size: number },
  ): Promise<void> {
    const anchor = this.#anchors.get(sink.name)!;
    if (anchor.size === size) return;
    try {
      await sink.write(note, at);
      this.#anchors.set(sink.name, {
        ...anchor,
        size,
        at,
        problem: undefined,
      });
    } catch (error) {
      anchor.problem = (error as Error).message;
      if (error instanceof Contradiction) {
        this.#contradict(error.message);
        return;
      }
      this.#options.logger.error(
        `The checkpoint could not be written to ${sink.name}; it is tried again`,
        error as Error,
      );
      // Not signed as far as the schedule is concerned.
      this.#signed = undefined;
    }
  }
}
