import { ENVIRONMENTS } from '@ml-platform/plugin-ml-common';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../log/Logger';
import { writeFileAtomic } from '../state/writeFileAtomic';
import { keptTallySchema } from './Tally';

const fileSchema = z.strictObject({
  format: z.literal(1),
  entries: z.array(
    z.strictObject({
      environment: z.enum(ENVIRONMENTS),
      model: z.string(),
      version: z.string(),
      /** Milliseconds since 1970, of the interval. */
      start: z.int(),
      tally: keptTallySchema,
    }),
  ),
});

/** What one server counted of one version in one interval. */
export type TrafficEntry = z.infer<typeof fileSchema>['entries'][number];

/**
 * One file for each life of a server, so that one that is replaced and still
 * answers a few requests never writes over what its successor counted.
 */
export class TrafficFiles {
  readonly #folder: string;
  readonly #own = `${Date.now()}-${randomUUID()}.json`;
  readonly #logger: Logger;

  constructor(options: { folder: string; logger: Logger }) {
    this.#folder = options.folder;
    this.#logger = options.logger;
  }

  async save(entries: TrafficEntry[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFileAtomic(
      join(this.#folder, this.#own),
      JSON.stringify({ format: 1, entries }),
    );
  }

  /** What other servers counted: those before this one, and one that it replaces. */
  async loadOthers(): Promise<TrafficEntry[]> {
    const entries: TrafficEntry[] = [];
    for (const name of await this.#names()) {
      if (name !== this.#own) entries.push(...(await this.#read(name)));
    }
    return entries;
  }

  /** Removes files that nobody wrote to since a time, in milliseconds since 1970. */
  async removeBefore(time: number): Promise<void> {
    for (const name of await this.#names()) {
      const path = join(this.#folder, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (mtimeMs < time) await rm(path, { force: true });
    }
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter(name => name.endsWith('.json'));
  }

  async #read(name: string): Promise<TrafficEntry[]> {
    try {
      const text = await readFile(join(this.#folder, name), 'utf8');
      return fileSchema.parse(JSON.parse(text)).entries;
    } catch (error) {
      // One that was removed in the meantime was too old anyway.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      this.#logger.warn('Figures of traffic cannot be read and are left out', {
        file: name,
        reason: (error as Error).message,
      });
      return [];
    }
  }
}
