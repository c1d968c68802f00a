import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConflictError } from '@backstage/errors';
import {
  type AccessReport,
  type AccessSnapshot,
  accessSnapshotSchema,
} from '@ml-platform/plugin-ml-common';
import type { Logger } from '../log/Logger';
import { writeFileAtomic } from '../state/writeFileAtomic';

/**
 * Which service accounts there are, as the portal said last. It is kept on
 * disk, so that they are known while the portal is down and after a restart;
 * an older list never takes the place of a newer one.
 */
export class AccessStore {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #lastUsed = new Map<string, string>();
  #snapshot: AccessSnapshot | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: { path: string; logger: Logger }) {
    this.#path = options.path;
    this.#logger = options.logger;
    this.#snapshot = this.#read();
  }

  get snapshot(): AccessSnapshot | undefined {
    return this.#snapshot;
  }

  report(): AccessReport {
    const { epoch, revision } = this.#snapshot ?? {};
    return { epoch, revision, lastUsed: Object.fromEntries(this.#lastUsed) };
  }

  /** Returns once the list would survive a power cut. */
  async set(snapshot: AccessSnapshot): Promise<AccessReport> {
    const write = this.#writing.then(async () => {
      const has = this.#snapshot;
      if (has?.epoch === snapshot.epoch && has.revision > snapshot.revision) {
        throw new ConflictError(
          `the list of service accounts has revision ${has.revision}; ${snapshot.revision} is older`,
        );
      }
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFileAtomic(this.#path, `${JSON.stringify(snapshot)}\n`);
      this.#snapshot = snapshot;
    });
    this.#writing = write.catch(() => {});
    await write;
    return this.report();
  }

  /** Notes that an account came. */
  touch(ref: string): void {
    this.#lastUsed.set(ref, new Date().toISOString());
  }

  #read(): AccessSnapshot | undefined {
    if (!existsSync(this.#path)) return undefined;
    try {
      return accessSnapshotSchema.parse(
        JSON.parse(readFileSync(this.#path, 'utf8')),
      );
    } catch (error) {
      const aside = `${this.#path}.unreadable`;
      renameSync(this.#path, aside);
      this.#logger.error(
        'The list of service accounts cannot be understood and was set aside: none is let in until the portal sends it again',
        { file: aside, reason: (error as Error).message },
      );
      return undefined;
    }
  }
}
