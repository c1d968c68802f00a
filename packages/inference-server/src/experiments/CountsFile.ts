import type { ServedModelKey } from '@ml-platform/plugin-ml-common';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../log/Logger';
import { writeFileAtomic } from '../state/writeFileAtomic';
import { keptArmSchema } from './ArmCounter';

const keptCountsSchema = z.strictObject({
  outside: z.int().min(0),
  arms: z.record(z.string(), keptArmSchema),
});

/** What was counted of an experiment, as it is kept on disk. */
export type KeptCounts = z.infer<typeof keptCountsSchema>;

const fileSchema = z.strictObject({
  experiment: z.string(),
  counts: keptCountsSchema,
});

/**
 * Keeps what experiments counted: `<environment>/<model>.json`. Beside it may be
 * a `.late.json` of a server that was replaced and answered a few more requests.
 */
export class CountsFile {
  readonly #folder: string;
  readonly #logger: Logger;

  constructor(options: { folder: string; logger: Logger }) {
    this.#folder = options.folder;
    this.#logger = options.logger;
  }

  async save(
    key: ServedModelKey,
    experiment: string,
    counts: KeptCounts,
    kind: 'all' | 'late' = 'all',
  ): Promise<void> {
    await mkdir(join(this.#folder, key.environment), { recursive: true });
    await writeFileAtomic(
      this.#pathOf(key, kind),
      JSON.stringify({ experiment, counts }),
    );
  }

  /** Undefined when nothing of this experiment is kept. */
  async load(
    key: ServedModelKey,
    experiment: string,
    kind: 'all' | 'late' = 'all',
  ): Promise<KeptCounts | undefined> {
    const path = this.#pathOf(key, kind);
    try {
      const kept = fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
      return kept.experiment === experiment ? kept.counts : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#logger.error('The counts of an experiment cannot be read', {
          ...key,
          reason: (error as Error).message,
        });
      }
      return undefined;
    }
  }

  async remove(
    key: ServedModelKey,
    kind: 'all' | 'late' = 'all',
  ): Promise<void> {
    await rm(this.#pathOf(key, kind), { force: true });
  }

  #pathOf({ environment, model }: ServedModelKey, kind: 'all' | 'late') {
    const suffix = kind === 'late' ? '.late.json' : '.json';
    return join(this.#folder, environment, `${model}${suffix}`);
  }
}
