import type { ServedModelKey } from '@ml-platform/plugin-ml-common';
import { ENVIRONMENTS } from '@ml-platform/plugin-ml-common';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../log/Logger';
import { type AcceptedState, acceptedStateSchema } from './AcceptedState';
import {
  isLeftBehind,
  removeFileDurably,
  writeFileAtomic,
} from './writeFileAtomic';

/** Keeps accepted state on disk: one JSON file a model, `<environment>/<model>.json`. */
export class StateStore {
  readonly #folder: string;
  readonly #logger: Logger;

  constructor(options: { folder: string; logger: Logger }) {
    this.#folder = options.folder;
    this.#logger = options.logger;
  }

  /** Returns once the state would survive a power cut. */
  async save(state: AcceptedState): Promise<void> {
    await writeFileAtomic(
      this.#pathOf(state),
      `${JSON.stringify(state, undefined, 2)}\n`,
    );
  }

  async remove(key: ServedModelKey): Promise<void> {
    await removeFileDurably(this.#pathOf(key));
  }

  /** Reads everything, before the first is saved; a file that cannot be understood is set aside and said, and harms no other. */
  async load(): Promise<AcceptedState[]> {
    const states: AcceptedState[] = [];
    for (const environment of ENVIRONMENTS) {
      const folder = join(this.#folder, environment);
      for (const name of await this.#open(folder)) {
        const path = join(folder, name);
        // Harmless, so it stays where it cannot be removed.
        if (isLeftBehind(name)) await rm(path, { force: true }).catch(() => {});
        if (!name.endsWith('.json')) continue;
        const state = await this.#read(path);
        if (state) states.push(state);
      }
    }
    return states;
  }

  /** The names in a folder, which is there afterwards if it can be. */
  async #open(folder: string): Promise<string[]> {
    try {
      await mkdir(folder, { recursive: true });
      return await readdir(folder);
    } catch (error) {
      this.#logger.error(
        'A folder of accepted state cannot be opened: nothing in it is served',
        { folder, reason: (error as Error).message },
      );
      return [];
    }
  }

  async #read(path: string): Promise<AcceptedState | undefined> {
    try {
      const text = await readFile(path, 'utf8');
      const state = acceptedStateSchema.parse(JSON.parse(text));
      if (this.#pathOf(state) !== path) throw new Error('it is misplaced');
      return state;
    } catch (error) {
      const aside = `${path}.unreadable`;
      const file = await rename(path, aside).then(
        () => aside,
        () => path,
      );
      this.#logger.error(
        'A state file cannot be understood and was set aside: its model is not served until it is deployed again',
        { file, reason: (error as Error).message },
      );
      return undefined;
    }
  }

  #pathOf(key: ServedModelKey): string {
    return join(this.#folder, key.environment, `${key.model}.json`);
  }
}
